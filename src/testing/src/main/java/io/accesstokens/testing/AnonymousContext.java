package io.accesstokens.testing;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The security context of a request without a caller.
 *
 * @param isSecure true if the request uses HTTPS
 */
public record AnonymousContext(boolean isSecure) implements SecurityContext {
  @Override
  public @Nullable Principal getUserPrincipal() {
    return null;
  }

  @Override
  public boolean isUserInRole(String role) {
    return false;
  }

  @Override
  public @Nullable String getAuthenticationScheme() {
    return null;
  }
}
