package io.accesstokens.auth;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a resource sees of its caller.
 *
 * @param principal null if nobody calls
 * @param roles what the caller may do: scopes of a service token, permissions of a person
 * @param secure whether the request came over TLS
 * @param scheme how the caller was authenticated; null if that is not known
 */
public record CallerContext(
    @Nullable Principal principal, List<String> roles, boolean secure, @Nullable String scheme)
    implements SecurityContext {

  /** Of somebody who sent a bearer token. */
  public static CallerContext byBearer(Principal principal, List<String> roles, boolean secure) {
    return new CallerContext(principal, roles, secure, AccessTokensFeature.SCHEME);
  }

  @Override
  public @Nullable Principal getUserPrincipal() {
    return principal;
  }

  @Override
  public boolean isUserInRole(@Nullable String role) {
    return role != null && roles.contains(role);
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
