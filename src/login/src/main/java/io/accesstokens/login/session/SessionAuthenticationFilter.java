package io.accesstokens.login.session;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.problem.ForbiddenRequestException;
import io.accesstokens.login.PersonSecurityContext;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.OtherUserException;
import io.accesstokens.token.policy.PermissionPolicy;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests by the session cookie. The filter sets the principal of the request to an
 * {@link Actor.Person}. The roles of the person are the permissions that the person has on at least
 * one group. The filter ignores a request with an {@code Authorization} header. A request without a
 * valid cookie continues as an anonymous request.
 *
 * <p>Throws {@link ForbiddenRequestException} if an unsafe request was not sent by a page of this
 * service. Throws {@link OtherUserException} if the page was loaded for another user. Does not
 * catch {@link io.accesstokens.token.StoreUnavailableException} and {@link
 * io.accesstokens.token.directory.DirectoryUnavailableException}.
 *
 * <p>The filter ignores the path of {@link SessionResource} and all paths below it, because their
 * resources read the cookie.
 */
// Runs after the filters of all other credentials.
@Priority(Priorities.AUTHENTICATION + 10)
public final class SessionAuthenticationFilter implements ContainerRequestFilter {

  private final BrowserSessions sessions;
  private final PermissionPolicy permissions;

  @Context private @Nullable HttpServletRequest servletRequest;

  /**
   * Creates a filter.
   *
   * @param permissions computes the roles of a user
   */
  public SessionAuthenticationFilter(BrowserSessions sessions, PermissionPolicy permissions) {
    this.sessions = sessions;
    this.permissions = permissions;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getSecurityContext().getUserPrincipal() != null
        || SessionResource.matches(request.getUriInfo())) {
      return;
    }
    RequestInfo requestInfo = RequestInfo.of(request, servletRequest);
    sessions
        .find(requestInfo)
        .ifPresent(
            current -> {
              sessions.requireOwnPage(current.keyedSession().session(), requestInfo);
              request.setProperty(Callers.SESSION_KEY, current.keyedSession().key());
              request.setSecurityContext(
                  new PersonSecurityContext(
                      current.person(),
                      permissions,
                      requestInfo.secure(),
                      SecurityContext.FORM_AUTH));
            });
  }
}
