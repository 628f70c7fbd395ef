package io.accesstokens.login;

import io.accesstokens.verify.EntityRef;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.util.EnumSet;
import java.util.Set;

/**
 * A people file beside another store, such as a directory server: a few accounts that work while
 * the other does not. A name that is in the file is checked there, and there only; and nobody of
 * the other store is somebody of the file, however their name is spelt there.
 */
public final class PeopleFileFirst implements IdentityStore {

  private final PeopleFile people;
  private final IdentityStore file;
  private final IdentityStore others;

  /**
   * @param others checks everybody who is not in the file
   */
  public PeopleFileFirst(PeopleFile people, IdentityStore others) {
    this.people = people;
    this.file = new PeopleFileIdentityStore(people);
    this.others = others;
  }

  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE);
  }

  /**
   * Checks a credential.
   *
   * @throws SignInUnavailable if that cannot be done in time
   */
  @Override
  public CredentialValidationResult validate(Credential credential) {
    if (credential instanceof UsernamePasswordCredential typed
        && typed.getCaller() != null
        && people.knows(typed.getCaller())) {
      return file.validate(credential);
    }
    CredentialValidationResult result = others.validate(credential);
    return result.getStatus() == Status.VALID
            && EntityRef.parseUser(result.getCallerPrincipal().getName())
                .filter(people::hasUser)
                .isPresent()
        ? CredentialValidationResult.INVALID_RESULT
        : result;
  }
}
