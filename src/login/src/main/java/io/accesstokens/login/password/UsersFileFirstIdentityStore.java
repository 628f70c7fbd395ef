package io.accesstokens.login.password;

import io.accesstokens.login.SignInUnavailableException;
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
 * Combines a users file with another store, such as a directory server. The file contains a few
 * accounts that work while the other store is unavailable. If a name is in the file, only the file
 * verifies the password. A user of the other store can never sign in as a user of the file, in any
 * spelling of the name.
 *
 * <p>Every rejection computes a password hash and sends a request to the other store. The response
 * time therefore does not reveal which names are in the file. During an outage of the other store,
 * every wrong password is reported as an outage. A user of the file with the right password can
 * sign in without the other store.
 */
public final class UsersFileFirstIdentityStore implements IdentityStore {

  private final UsersFile usersFile;
  private final IdentityStore file;
  private final IdentityStore others;
  private final Consumer<UsernamePasswordCredential> simulatedRejection;

  /**
   * Creates a store.
   *
   * @param others verifies all users who are not in the file
   * @param simulatedRejection does the same work as {@code others} does for a wrong password, but
   *     does not verify the password
   */
  public UsersFileFirstIdentityStore(
      UsersFile usersFile,
      IdentityStore others,
      Consumer<UsernamePasswordCredential> simulatedRejection) {
    this(usersFile, new UsersFileIdentityStore(usersFile), others, simulatedRejection);
  }

  UsersFileFirstIdentityStore(
      UsersFile usersFile,
      IdentityStore file,
      IdentityStore others,
      Consumer<UsernamePasswordCredential> simulatedRejection) {
    this.usersFile = usersFile;
    this.file = file;
    this.others = others;
    this.simulatedRejection = simulatedRejection;
  }

  @Override
  public Set<ValidationType> validationTypes() {
    return EnumSet.of(ValidationType.VALIDATE);
  }

  /**
   * Verifies a credential.
   *
   * @throws SignInUnavailableException if the credential cannot be verified in time
   */
  @Override
  public CredentialValidationResult validate(Credential credential) {
    if (!(credential instanceof UsernamePasswordCredential typed) || typed.getCaller() == null) {
      return others.validate(credential);
    }
    if (usersFile.knows(typed.getCaller())) {
      CredentialValidationResult result = file.validate(typed);
      if (result.getStatus() != Status.VALID) {
        simulatedRejection.accept(typed);
      }
      return result;
    }
    CredentialValidationResult result = others.validate(typed);
    if (result.getStatus() == Status.VALID && !isOfTheFile(result)) {
      return result;
    }
    // Verifies the password against a decoy hash, so that an unknown name takes as long as a known
    // one.
    file.validate(typed);
    return CredentialValidationResult.INVALID_RESULT;
  }

  private boolean isOfTheFile(CredentialValidationResult result) {
    return EntityRef.parseUser(result.getCallerPrincipal().getName())
        .filter(usersFile::hasUser)
        .isPresent();
  }
}
