package io.accesstokens.auth;

import io.accesstokens.auth.header.BearerChallenge;
import jakarta.json.Json;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.InternalServerErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Creates exceptions that end a request and contain a complete response.
 *
 * @param bodies true if the responses have a body; false if an exception mapper of the application
 *     writes the body. The runtime calls an exception mapper only for responses without a body
 *     (Jakarta REST 3.1, section 3.3.4).
 * @param replacement converts an exception that this class creates to the exception that a filter
 *     throws
 */
record ErrorResponses(
    boolean bodies,
    BiFunction<WebApplicationException, ContainerRequestContext, WebApplicationException>
        replacement) {

  /** Creates error responses whose exceptions are not replaced. */
  ErrorResponses(boolean bodies) {
    this(bodies, (thrown, request) -> thrown);
  }

  /** Returns the exception that a filter must throw instead of {@code thrown}. */
  WebApplicationException replaced(
      WebApplicationException thrown, ContainerRequestContext request) {
    return replacement.apply(thrown, request);
  }

  private static final String RETRY_AFTER_SECONDS = "1";

  /** Returns an exception with status 401, for an anonymous request. */
  NotAuthorizedException unauthenticated() {
    return new NotAuthorizedException(
        response(Status.UNAUTHORIZED, error("unauthorized"))
            .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.PLAIN)
            .build());
  }

  /** Returns an exception with status 401, for a raw token that is not valid. */
  NotAuthorizedException invalidToken() {
    return new NotAuthorizedException(
        response(Status.UNAUTHORIZED, error("invalid_token"))
            .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.INVALID_TOKEN)
            .build());
  }

  /**
   * Returns an exception with status 429 (RFC 6585, section 4), for a client that has exceeded a
   * limit.
   *
   * @param wait how long the client must wait. The header {@code Retry-After} has whole seconds,
   *     rounded up, at least one.
   */
  ClientErrorException tooMany(Duration wait) {
    long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    return new ClientErrorException(
        response(Status.TOO_MANY_REQUESTS, error("too_many_requests"))
            .header(HttpHeaders.RETRY_AFTER, seconds)
            .build());
  }

  /**
   * Returns an exception with status 429, for a token that has exceeded its number of requests per
   * minute. The response has the headers of draft-ietf-httpapi-ratelimit-headers-10.
   *
   * @param perMinute the maximum number of requests per minute
   * @param seconds how long the client must wait, at least 1
   */
  ClientErrorException rateExceeded(int perMinute, int seconds) {
    return new ClientErrorException(
        response(Status.TOO_MANY_REQUESTS, error("too_many_requests"))
            .header(HttpHeaders.RETRY_AFTER, seconds)
            .header("RateLimit-Policy", "\"token\";q=" + perMinute + ";w=60")
            .header("RateLimit", "\"token\";r=0;t=" + seconds)
            .build());
  }

  /** Returns an exception with status 503, for a token that cannot be verified now. */
  ServiceUnavailableException unavailable(Throwable cause) {
    return new ServiceUnavailableException(
        response(Status.SERVICE_UNAVAILABLE, error("temporarily_unavailable"))
            .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
            .build(),
        cause);
  }

  /**
   * Returns an exception with status 500, for a resource method whose access rules were not
   * applied.
   */
  InternalServerErrorException undecided() {
    return new InternalServerErrorException(
        response(Status.INTERNAL_SERVER_ERROR, error("access_undecided")).build());
  }

  /**
   * Returns an exception with status 403, for a caller that lacks a required scope.
   *
   * @param required all scopes that the resource method requires
   * @param missing the required scopes that the caller lacks
   */
  MissingPermissionException missingScopes(List<String> required, List<String> missing) {
    return new MissingPermissionException(
        (required.size() == 1 ? "the scope " : "the scopes ")
            + String.join(" and ", required)
            + (required.size() == 1 ? " is required" : " are required"),
        required,
        missing,
        response(Status.FORBIDDEN, missingPermissions("insufficient_scope", required, missing))
            .header(
                HttpHeaders.WWW_AUTHENTICATE,
                BearerChallenge.insufficientScope(String.join(" ", required)))
            .build());
  }

  /**
   * Returns an exception with status 403, for a caller that has none of the accepted roles.
   *
   * @param roles the accepted roles; empty if all callers are denied
   * @param byToken true if the caller sent a bearer token. If there is an accepted role, the
   *     response then has a {@code WWW-Authenticate} header with the first accepted role as the
   *     required scope.
   */
  MissingPermissionException missingRole(List<String> roles, boolean byToken) {
    ResponseBuilder response =
        response(Status.FORBIDDEN, missingPermissions("insufficient_permission", roles, roles));
    if (byToken && !roles.isEmpty()) {
      // A scope list in RFC 6750 means that all scopes are needed. Here one role is enough, so only
      // the first role is named.
      response.header(
          HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.insufficientScope(roles.get(0)));
    }
    String message =
        roles.isEmpty()
            ? "no caller may call this method"
            : "the permission " + String.join(" or ", roles) + " is required";
    return new MissingPermissionException(message, roles, roles, response.build());
  }

  /**
   * Returns a JSON object with an error code. The method uses no JSON provider, because the look-up
   * of a provider is expensive.
   */
  private static String error(String code) {
    return "{\"error\":\"" + code + "\"}";
  }

  private static String missingPermissions(
      String code, List<String> required, List<String> missing) {
    return Json.createObjectBuilder()
        .add("error", code)
        .add("required", Json.createArrayBuilder(required))
        .add("missing", Json.createArrayBuilder(missing))
        .build()
        .toString();
  }

  private ResponseBuilder response(Status status, String body) {
    ResponseBuilder response = Response.status(status);
    // The body is a text. Every runtime can write a text, even without a JSON provider.
    return bodies ? response.type(MediaType.APPLICATION_JSON_TYPE).entity(body) : response;
  }
}
