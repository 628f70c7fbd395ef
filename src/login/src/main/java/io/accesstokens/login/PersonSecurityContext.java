package io.accesstokens.login;

import io.accesstokens.token.Actor;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;

/**
 * The security context of a signed-in user, for JAX-RS resources.
 *
 * @param permissions the permissions that the user has on at least one group; these permissions are
 *     the roles
 * @param secure true if the request came over TLS
 * @param scheme the login method: {@link SecurityContext#BASIC_AUTH}, or {@link
 *     SecurityContext#FORM_AUTH} in a session
 */
public record PersonSecurityContext(
    Actor.Person person, List<String> permissions, boolean secure, String scheme)
    implements SecurityContext {

  @Override
  public Principal getUserPrincipal() {
    return person;
  }

  @Override
  public boolean isUserInRole(String role) {
    return permissions.contains(role);
  }

  @Override
  public boolean isSecure() {
    return secure;
  }

  @Override
  public String getAuthenticationScheme() {
    return scheme;
  }
}
