package io.accesstokens.auth;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The security context of a request.
 *
 * @param principal the caller; null if the request is anonymous
 * @param roles the caller's roles: the scopes of a service token, or the permissions of a user
 * @param secure true if the request came over TLS
 * @param scheme the authentication scheme, such as {@link AccessTokensFeature#SCHEME}; null if it
 *     is not known
 */
public record CallerContext(
    @Nullable Principal principal, List<String> roles, boolean secure, @Nullable String scheme)
    implements SecurityContext {

  /** Returns the context of a caller that sent a bearer token. */
  public static CallerContext byBearer(Principal principal, List<String> roles, boolean secure) {
    return new CallerContext(principal, roles, secure, AccessTokensFeature.SCHEME);
  }

  @Override
  public @Nullable Principal getUserPrincipal() {
    return principal;
  }

  /**
   * Returns true if the caller has a role. Every authenticated caller has the role {@code **}, as
   * in Jakarta Servlet.
   */
  @Override
  public boolean isUserInRole(@Nullable String role) {
    return RoleFilter.ANY_CALLER.equals(role)
        ? principal != null
        : role != null && roles.contains(role);
  }

  @Override
  public boolean isSecure() {
    return secure;
  }

  @Override
  public @Nullable String getAuthenticationScheme() {
    return scheme;
  }
}
