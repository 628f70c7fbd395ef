package io.accesstokens.auth;

import io.accesstokens.verify.Verification;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * A caller that presented a raw token which is good now.
 *
 * @param verified what the check said of the token
 * @param clientAddress the network address that the request came from, or null if unknown
 */
public record TokenPrincipal(Verification.Accepted verified, @Nullable String clientAddress)
    implements Principal {

  /**
   * The token's subject, {@code service-token:<groupEntityRef>:<name>}; of a personal token its
   * user's ref, {@code user:default/alice}.
   */
  @Override
  public String getName() {
    return verified.subject();
  }
}
