package io.accesstokens.login;

import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.PermissionPolicy;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The security context of a signed-in user, for Jakarta REST resources. The roles are the
 * permissions that the user has, even if only on some groups.
 *
 * @param permissions decides about the permissions of the user
 * @param secure true if the request came over TLS
 * @param scheme the login method: {@link SecurityContext#BASIC_AUTH}, or {@link
 *     SecurityContext#FORM_AUTH} in a session
 */
public record PersonSecurityContext(
    Actor.Person person, PermissionPolicy permissions, boolean secure, String scheme)
    implements SecurityContext {

  @Override
  public Principal getUserPrincipal() {
    return person;
  }

  @Override
  public boolean isUserInRole(@Nullable String role) {
    return role != null && permissions.allows(person, role);
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
