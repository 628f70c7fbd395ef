package io.accesstokens.login;

import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;

/** Nobody signs in with a password. */
public final class NoPasswordIdentityStore implements IdentityStore {

  @Override
  public CredentialValidationResult validate(Credential credential) {
    return CredentialValidationResult.INVALID_RESULT;
  }
}
