package io.accesstokens.login;

import io.accesstokens.http.Callers;
import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionPolicy;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes the person of a session the request's principal, an {@link Actor.Person} whose roles are
 * the permissions they have anywhere. A request with an {@code Authorization} is not looked at, and
 * one whose cookie is not good goes on as a stranger's.
 *
 * <p>Throws {@link ForbiddenException} if an unsafe request was not sent by a page of ours, and
 * lets {@link io.accesstokens.token.StoreUnavailableException} and {@link
 * io.accesstokens.token.DirectoryUnavailableException} through.
 *
 * <p>The paths of {@link SessionResource} are not looked at either: it finds sessions by itself.
 */
// After every other credential.
@Priority(Priorities.AUTHENTICATION + 10)
public final class SessionAuthenticationFilter implements ContainerRequestFilter {

  private final BrowserSessions sessions;
  private final PermissionPolicy permissions;

  @Context private @Nullable HttpServletRequest servletRequest;

  /**
   * @param permissions decides on roles
   */
  public SessionAuthenticationFilter(BrowserSessions sessions, PermissionPolicy permissions) {
    this.sessions = sessions;
    this.permissions = permissions;
  }

  /** As a servlet container would have injected it. */
  SessionAuthenticationFilter within(HttpServletRequest request) {
    this.servletRequest = request;
    return this;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getSecurityContext().getUserPrincipal() != null
        || SessionResource.isAskedBy(request.getUriInfo())) {
      return;
    }
    RequestInfo client = RequestInfo.of(request, servletRequest);
    sessions
        .find(client)
        .ifPresent(
            found -> {
              sessions.requireOwnPage(found.held().session(), client);
              request.setProperty(Callers.SESSION_KEY, found.held().key());
              request.setSecurityContext(
                  new PersonSecurityContext(
                      found.person(),
                      permissions.permissionsOf(found.person()),
                      client.secure(),
                      SecurityContext.FORM_AUTH));
            });
  }
}
