package io.accesstokens.login;

import io.accesstokens.verify.EntityRef;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A people file beside another store, such as a directory server: a few accounts that work while
 * the other does not. A name that is in the file is checked there, and there only; and nobody of
 * the other store is somebody of the file, however their name is spelt there.
 *
 * <p>A credential that is refused costs the same work at both stores: a hash and what the other
 * store does for a wrong password. Otherwise the time would tell which names are in the file. So
 * the other store has to answer before a refusal, and a wrong password is an outage while it does
 * not; a right password of the file does not need it.
 */
public final class UsersFileFirst implements IdentityStore {

  private final UsersFile people;
  private final IdentityStore file;
  private final IdentityStore others;
  private final Consumer<UsernamePasswordCredential> refusal;

  /**
   * @param others checks everybody who is not in the file
   * @param refusal does what {@code others} does for a wrong password, without checking it
   */
  public UsersFileFirst(
      UsersFile people, IdentityStore others, Consumer<UsernamePasswordCredential> refusal) {
    this(people, new UsersFileIdentityStore(people), others, refusal);
  }

  UsersFileFirst(
      UsersFile people,
      IdentityStore file,
      IdentityStore others,
      Consumer<UsernamePasswordCredential> refusal) {
    this.people = people;
    this.file = file;
    this.others = others;
    this.refusal = refusal;
  }

  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE);
  }

  /**
   * Checks a credential.
   *
   * @throws SignInUnavailableException if that cannot be done in time
   */
  @Override
  public CredentialValidationResult validate(Credential credential) {
    if (!(credential instanceof UsernamePasswordCredential typed) || typed.getCaller() == null) {
      return others.validate(credential);
    }
    if (people.knows(typed.getCaller())) {
      CredentialValidationResult result = file.validate(typed);
      if (result.getStatus() != Status.VALID) {
        refusal.accept(typed);
      }
      return result;
    }
    CredentialValidationResult result = others.validate(typed);
    if (result.getStatus() == Status.VALID && !isOfTheFile(result)) {
      return result;
    }
    file.validate(typed); // a decoy's hash: the name is not in the file
    return CredentialValidationResult.INVALID_RESULT;
  }

  private boolean isOfTheFile(CredentialValidationResult result) {
    return EntityRef.parseUser(result.getCallerPrincipal().getName())
        .filter(people::hasUser)
        .isPresent();
  }
}
