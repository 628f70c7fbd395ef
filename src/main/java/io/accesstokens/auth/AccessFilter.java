package io.accesstokens.auth;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/** Guards one resource method: 401 without a caller, 403 with one that lacks every role. */
@Priority(Priorities.AUTHORIZATION)
final class AccessFilter implements ContainerRequestFilter {

  /** Stands for "any authenticated caller", see Jakarta Servlet 6.0, section 13.3. */
  private static final String ANY_CALLER = "**";

  private final AccessFeature.Access access;
  private final DenialListener listener;

  AccessFilter(AccessFeature.Access access, DenialListener listener) {
    this.access = access;
    this.listener = listener;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    SecurityContext security = request.getSecurityContext();
    Principal caller = security == null ? null : security.getUserPrincipal();
    if (security == null || caller == null) {
      throw unauthenticated();
    }
    for (String role : access.roles()) {
      if (role.equals(ANY_CALLER) || security.isUserInRole(role)) {
        return;
      }
    }
    access.roles().stream().findFirst().ifPresent(role -> listener.denied(caller, role));
    Response.ResponseBuilder response = Response.status(Response.Status.FORBIDDEN);
    if (caller instanceof TokenPrincipal && !access.roles().isEmpty()) {
      // RFC 6750 lists the scopes that are needed together; any one role does, so the first is
      // named.
      response.header(
          HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.insufficientScope(access.roles().get(0)));
    }
    throw new MissingPermission(access.roles(), response.build());
  }

  private static NotAuthorizedException unauthenticated() {
    return new NotAuthorizedException(
        Response.status(Response.Status.UNAUTHORIZED)
            .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.PLAIN)
            .build());
  }

  /** Guards what the runtime answers by itself. */
  @Priority(Priorities.AUTHORIZATION)
  static final class OptionsOnly implements ContainerRequestFilter {

    @Override
    public void filter(ContainerRequestContext request) {
      if (!request.getMethod().equals(HttpMethod.OPTIONS)) {
        throw unauthenticated();
      }
    }
  }
}
