package io.accesstokens.http;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.CallerContext;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.auth.header.HeaderElement;
import io.accesstokens.http.caller.OriginCheck;
import io.accesstokens.http.problem.ForbiddenRequestException;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.token.Actor;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Determines the caller of a request to this API in a host application.
 *
 * <p>The caller is the user whom the host application has authenticated. If the request has a raw
 * token, the caller is that token instead. The filter runs after the host application's
 * authentication.
 *
 * <p>The filter also protects users from cross-site request forgery. It rejects a POST request of a
 * user if another site sent the request. The filter does not check these unsafe requests:
 *
 * <ul>
 *   <li>POST requests with a JSON body;
 *   <li>POST requests with a bearer credential;
 *   <li>requests with another unsafe method, such as DELETE.
 * </ul>
 *
 * <p>They need no check: before a browser sends one of these requests for a page of another site,
 * it asks the server for permission (CORS preflight request).
 */
@Priority(HostAuthenticationFilter.PRIORITY)
final class HostAuthenticationFilter implements ContainerRequestFilter {

  /**
   * Priority of the filter. The filter runs after the filters that a host application registers at
   * {@link Priorities#AUTHENTICATION}.
   */
  static final int PRIORITY = Priorities.AUTHENTICATION + 500;

  private static final String BEARER = "Bearer ";
  private static final OriginCheck ORIGIN_CHECK = new OriginCheck(null);

  private final ServiceTokenService tokenService;
  private final Function<Principal, Optional<EntityRef>> userMapper;
  private final Problems problems;

  HostAuthenticationFilter(
      ServiceTokenService tokenService,
      Function<Principal, Optional<EntityRef>> userMapper,
      Problems problems) {
    this.tokenService = tokenService;
    this.userMapper = userMapper;
    this.problems = problems;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    try {
      identify(request);
    } catch (RuntimeException e) {
      throw problems.toException(e, request.getHeaders(), null);
    }
  }

  private void identify(ContainerRequestContext request) {
    SecurityContext host = request.getSecurityContext();
    Principal caller = host == null ? null : host.getUserPrincipal();
    if (host == null || caller == null || isToken(caller)) {
      return;
    }
    Actor.Person person =
        caller instanceof Actor.Person known
            ? known
            : userMapper
                .apply(caller)
                .map(ref -> tokenService.person(ref, AccessTokensFeature.clientAddress(request)))
                .orElse(null);
    if (person != null && isForged(request)) {
      throw new ForbiddenRequestException(
          "the browser reports that the request comes from another site: send it from a page of"
              + " this site, or with Content-Type: application/json");
    }
    request.setSecurityContext(
        new CallerContext(
            person,
            person == null ? List.of() : tokenService.permissionsOf(person),
            host.isSecure(),
            host.getAuthenticationScheme()));
  }

  private static boolean isForged(ContainerRequestContext request) {
    return request.getMethod().equals(HttpMethod.POST)
        && !isJson(request.getHeaderString(HttpHeaders.CONTENT_TYPE))
        && !isBearer(request.getHeaderString(HttpHeaders.AUTHORIZATION))
        && !ORIGIN_CHECK.passes(
            request.getMethod(), request.getHeaders(), request.getUriInfo()::getRequestUri);
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null
        && HeaderElement.parse(contentType)
            .filter(type -> type.name().equals(MediaType.APPLICATION_JSON))
            .isPresent();
  }

  private static boolean isBearer(@Nullable String credential) {
    return credential != null && credential.regionMatches(true, 0, BEARER, 0, BEARER.length());
  }

  /**
   * Returns true if the caller has used a token. If the token is a personal token, {@link
   * DelegateFilter} has already replaced it with an {@link Actor.Delegate}.
   */
  private static boolean isToken(Principal caller) {
    return caller instanceof TokenPrincipal || caller instanceof Actor.Delegate;
  }
}
