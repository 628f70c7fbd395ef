package io.accesstokens.login;

import io.accesstokens.token.Actor;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;

/**
 * What a resource sees of a person who signed in.
 *
 * @param permissions those that they have anywhere: their roles
 * @param secure whether the request came over TLS
 * @param scheme how they did: {@link SecurityContext#BASIC_AUTH} or, in a session, {@link
 *     SecurityContext#FORM_AUTH}
 */
record PersonSecurityContext(
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
