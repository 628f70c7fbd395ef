package io.accesstokens.login.password;

import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;

/** An identity store that rejects every credential, for installations without passwords. */
public final class NoPasswordIdentityStore implements IdentityStore {

  @Override
  public CredentialValidationResult validate(Credential credential) {
    return CredentialValidationResult.INVALID_RESULT;
  }
}
