package io.accesstokens.auth;

import jakarta.json.Json;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.InternalServerErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.util.List;

/**
 * Answers that end a request, as exceptions that carry them whole.
 *
 * @param bodies whether they have a body. By Jakarta REST 3.1, section 3.3.4, an application's
 *     exception mapper is asked only about answers without one.
 */
record ErrorResponses(boolean bodies) {

  private static final String RETRY_AFTER_SECONDS = "1";

  /** 401: nobody authenticated the request. */
  NotAuthorizedException unauthenticated() {
    return new NotAuthorizedException(
        answer(Status.UNAUTHORIZED, error("unauthorized"))
            .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.PLAIN)
            .build());
  }

  /** 401: the raw token is not good. */
  NotAuthorizedException invalidToken() {
    return new NotAuthorizedException(
        answer(Status.UNAUTHORIZED, error("invalid_token"))
            .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.INVALID_TOKEN)
            .build());
  }

  /**
   * 429: one unknown token too many (RFC 6585, section 4).
   *
   * @param wait how long the client has to wait; rounded up to whole seconds, one at least
   */
  ClientErrorException tooMany(Duration wait) {
    long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    return new ClientErrorException(
        answer(Status.TOO_MANY_REQUESTS, error("too_many_requests"))
            .header(HttpHeaders.RETRY_AFTER, seconds)
            .build());
  }

  /** 503: whether the raw token is good cannot be found out now. */
  ServiceUnavailableException unavailable(Throwable cause) {
    return new ServiceUnavailableException(
        answer(Status.SERVICE_UNAVAILABLE, error("temporarily_unavailable"))
            .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
            .build(),
        cause);
  }

  /** 500: the runtime has not applied the access rules of the matched method. */
  InternalServerErrorException undecided() {
    return new InternalServerErrorException(
        answer(Status.INTERNAL_SERVER_ERROR, error("access_undecided")).build());
  }

  /** 403: scopes are missing, all of which are needed. */
  MissingPermissionException missingScopes(List<String> required, List<String> missing) {
    return new MissingPermissionException(
        (required.size() == 1 ? "the scope " : "the scopes ")
            + String.join(" and ", required)
            + (required.size() == 1 ? " is required" : " are required"),
        required,
        missing,
        answer(Status.FORBIDDEN, shortfall("insufficient_scope", required, missing))
            .header(
                HttpHeaders.WWW_AUTHENTICATE,
                BearerChallenge.insufficientScope(String.join(" ", required)))
            .build());
  }

  /**
   * 403: a role is missing, any of which would do.
   *
   * @param byToken whether the caller came with a raw token, and so has to get a scope
   */
  MissingPermissionException missingRole(List<String> roles, boolean byToken) {
    ResponseBuilder answer =
        answer(Status.FORBIDDEN, shortfall("insufficient_permission", roles, roles));
    if (byToken && !roles.isEmpty()) {
      // RFC 6750 lists the scopes that are needed together; any one role does, so the first is
      // named.
      answer.header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.insufficientScope(roles.get(0)));
    }
    String message =
        roles.isEmpty()
            ? "nobody may do this"
            : "the permission " + String.join(" or ", roles) + " is required";
    return new MissingPermissionException(message, roles, roles, answer.build());
  }

  /** Written by hand: a flood of bad tokens is not worth looking up a JSON provider for each. */
  private static String error(String code) {
    return "{\"error\":\"" + code + "\"}";
  }

  private static String shortfall(String code, List<String> required, List<String> missing) {
    return Json.createObjectBuilder()
        .add("error", code)
        .add("required", Json.createArrayBuilder(required))
        .add("missing", Json.createArrayBuilder(missing))
        .build()
        .toString();
  }

  private ResponseBuilder answer(Status status, String body) {
    ResponseBuilder answer = Response.status(status);
    // A text, which every runtime can write, whatever JSON provider it has or lacks.
    return bodies ? answer.type(MediaType.APPLICATION_JSON_TYPE).entity(body) : answer;
  }
}
