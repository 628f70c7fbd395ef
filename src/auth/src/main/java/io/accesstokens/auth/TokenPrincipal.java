package io.accesstokens.auth;

import io.accesstokens.verify.Verification;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * A caller whose raw token was valid when the request was authenticated.
 *
 * @param verified the verdict on the token
 * @param clientAddress the client's network address; null if it is not known
 */
public record TokenPrincipal(Verification.Accepted verified, @Nullable String clientAddress)
    implements Principal {

  /**
   * Returns the subject of the token. For a service token, the subject is {@code
   * service-token:<groupEntityRef>:<name>}. For a personal token, the subject is the entity ref of
   * its user, such as {@code user:default/alice}.
   */
  @Override
  public String getName() {
    return verified.subject();
  }
}
