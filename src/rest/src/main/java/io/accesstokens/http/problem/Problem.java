package io.accesstokens.http.problem;

import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.token.rotation.RotationConflictException;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An error response: a problem document (RFC 9457). The document has the additional member {@code
 * error}, as in the API of the Backstage plugin. The JSON has fewer than 2,000 bytes. Apart from
 * the trace id, no text in the JSON comes from the request.
 *
 * <p>The type is {@code about:blank} if the status describes the error completely. The other types
 * are:
 *
 * <ul>
 *   <li>{@value #PERMISSION_DENIED} (403)
 *   <li>{@value #SESSION_REQUIRED} (403): the caller used a credential other than a session
 *   <li>{@value #OTHER_USER} (403): the user of the session is not the user for whom the page was
 *       loaded
 *   <li>{@value #INSUFFICIENT_USER_AUTHENTICATION} (403): the sign-in of the session is too old
 *   <li>{@value #TOKEN_NOT_FOUND}, {@value #MINT_FLOW_NOT_FOUND}, {@value #NO_PREVIOUS_SECRET}
 *       (404)
 *   <li>{@value #EVENTS_ARCHIVED} (404): the events were moved to an archive
 *   <li>{@value #NAME_TAKEN}, {@value #ALREADY_REVOKED} (409)
 *   <li>{@value #TOKEN_ENDED} (409): the token is revoked or expired
 *   <li>{@value #ROTATION_CONFLICT} (409): the request does not fit the current secrets of the
 *       token
 *   <li>{@value #LIMIT_REACHED} (409): {@code violations} contains the field with the owner of the
 *       token
 *   <li>{@value #INVALID_QUERY} (400), {@value #INVALID_FIELDS} (422): {@code violations} contains
 *       the errors
 *   <li>{@value #UNAVAILABLE} (503): a dependency of this service cannot be reached
 * </ul>
 *
 * @param error a sentence that describes the error
 * @param type one of the types above
 * @param title a summary of the type. For {@code about:blank}, this is the phrase of the status
 * @param status the HTTP status
 * @param violations the errors of single fields or parameters; empty if there are none. If the JSON
 *     would be too long, it omits the last violations
 * @param traceId the id of the request in the log, see {@link TraceContext}; null if unknown
 */
public record Problem(
    String error,
    String type,
    String title,
    int status,
    List<Violation> violations,
    @Nullable String traceId) {

  /** The media type of every error response. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** The name of the header with the media types of PATCH requests (RFC 5789, section 3.1). */
  public static final String ACCEPT_PATCH = "Accept-Patch";

  /** The default {@code Retry-After} of a 503 response, in seconds. */
  public static final String RETRY_AFTER_SECONDS = "1";

  static final String PERMISSION_DENIED = "urn:problem-type:access-tokens:permission-denied";
  static final String TOKEN_NOT_FOUND = "urn:problem-type:access-tokens:token-not-found";
  static final String MINT_FLOW_NOT_FOUND = "urn:problem-type:access-tokens:mint-flow-not-found";
  static final String SESSION_REQUIRED = "urn:problem-type:access-tokens:session-required";
  static final String OTHER_USER = "urn:problem-type:access-tokens:other-user";
  static final String INSUFFICIENT_USER_AUTHENTICATION =
      "urn:problem-type:access-tokens:insufficient-user-authentication";
  public static final String NAME_TAKEN = "urn:problem-type:access-tokens:name-taken";
  static final String ALREADY_REVOKED = "urn:problem-type:access-tokens:already-revoked";
  static final String ROTATION_CONFLICT = "urn:problem-type:access-tokens:rotation-conflict";
  static final String NO_PREVIOUS_SECRET = "urn:problem-type:access-tokens:no-previous-secret";
  static final String EVENTS_ARCHIVED = "urn:problem-type:access-tokens:events-archived";
  static final String TOKEN_ENDED = "urn:problem-type:access-tokens:token-ended";
  public static final String LIMIT_REACHED = "urn:problem-type:access-tokens:limit-reached";
  static final String INVALID_QUERY = "urn:problem-type:access-tokens:invalid-query";
  static final String INVALID_FIELDS = "urn:problem-type:access-tokens:invalid-fields";
  static final String UNAVAILABLE = "urn:problem-type:access-tokens:unavailable";

  private static final String BODY_ENCODING = " in UTF-8 without a content coding";
  private static final int MAX_BYTES = 1_900;
  private static final int MAX_TEXT = 400;

  public Problem {
    violations = List.copyOf(violations);
  }

  /** Creates a problem with the trace id of the current thread. */
  private Problem(String error, String type, String title, int status, List<Violation> violations) {
    this(error, type, title, status, violations, TraceContext.currentId());
  }

  /** Returns a problem of the type {@code about:blank} for an HTTP status. */
  public static Problem ofStatus(int status) {
    return blank(status, sentence(status));
  }

  /**
   * Returns a problem for an internal error.
   *
   * @param reference the id of the error in the log
   */
  public static Problem internal(UUID reference) {
    return blank(
        500,
        "internal error; give the reference "
            + reference
            + " to the operator, who finds it in the log");
  }

  /** Returns a 503 problem for a dependency that cannot be reached. */
  public static Problem unavailable() {
    return of(
        UNAVAILABLE,
        "The service is not available now",
        503,
        "a system that this service depends on is unavailable; try again");
  }

  /**
   * Returns the 503 problem for a request that is refused before it reaches a resource: too many
   * requests wait or use memory, or the server is stopping.
   */
  public static Problem overloaded() {
    return blank(503, "the service has too many requests, or it is stopping; try again");
  }

  /**
   * Returns the 503 problem for a large response that cannot be sent, because too many large
   * responses are being sent.
   */
  public static Problem tooManyLargeResponses() {
    return blank(
        503,
        "too many large responses and exports are being sent; read them, request fewer rows, or try"
            + " again later");
  }

  /** Returns a 409 problem for a request that does not fit the current secrets of a token. */
  public static Problem rotationConflict(RotationConflictException thrown) {
    return of(
        ROTATION_CONFLICT,
        "The request does not fit the secrets of the token",
        409,
        String.valueOf(thrown.getMessage()));
  }

  /**
   * Returns a 415 problem for a PATCH request.
   *
   * @param types the accepted media types, separated by commas
   */
  static Problem unsupportedPatch(String types) {
    return blank(415, "the body must be " + types.replace(", ", " or ") + BODY_ENCODING);
  }

  static Problem forbidden(String error) {
    return blank(403, error);
  }

  static Problem badRequest(String error) {
    return blank(400, error);
  }

  static Problem invalidQuery(List<Violation> violations) {
    return new Problem(
        count(violations.size(), "query parameter"),
        INVALID_QUERY,
        "A query parameter is wrong",
        400,
        violations);
  }

  public static Problem invalidFields(List<Violation> violations) {
    return new Problem(
        count(violations.size(), "field"), INVALID_FIELDS, "A field is wrong", 422, violations);
  }

  static Problem limitReached(LimitReachedException thrown) {
    return new Problem(
        "the maximum number of live tokens is reached: revoke a token that is no longer needed",
        LIMIT_REACHED,
        "A limit is reached",
        409,
        List.of(new Violation(thrown.field(), String.valueOf(thrown.getMessage()))));
  }

  private static Problem blank(int status, String error) {
    return of("about:blank", phrase(status), status, error);
  }

  static Problem of(String type, String title, int status, String error) {
    return new Problem(error, type, title, status, List.of());
  }

  private static String count(int n, String what) {
    return (n == 1 ? "a " + what + " is wrong" : n + " " + what + "s are wrong")
        + ", see violations";
  }

  /** Returns the phrase of a status (RFC 9110, section 15). */
  private static String phrase(int status) {
    Response.Status known = Response.Status.fromStatusCode(status);
    return switch (status) {
      case 413 -> "Content Too Large"; // Jakarta REST still has the phrase of RFC 2616
      case 422 -> "Unprocessable Content";
      default -> known == null ? "Error" : known.getReasonPhrase();
    };
  }

  private static String sentence(int status) {
    return switch (status) {
      case 400 -> "the request is malformed, or its URL or headers are too long";
      case 401 -> "authentication is required, or the credential is not valid";
      case 403 -> "this request is not permitted";
      case 404 -> "there is no such resource";
      case 405 -> "this method is not allowed on this resource";
      case 406 -> "this resource has no representation in a media type that Accept allows";
      case 408 -> "the request did not arrive completely within the time limit";
      case 413 -> "the body is too large";
      case 415 -> "the body must be application/json" + BODY_ENCODING;
      case 429 -> "too many requests; Retry-After has the number of seconds to wait";
      case 503 -> "the service is not available now; try again";
      default -> phrase(status);
    };
  }

  /** Returns the problem document as JSON in UTF-8. */
  public byte[] toJson() {
    StringBuilder json = new StringBuilder("{");
    member(json, "error", error).append(',');
    member(json, "type", type).append(',');
    member(json, "title", title).append(",\"status\":").append(status);
    if (traceId != null) {
      member(json.append(','), "traceId", traceId);
    }
    List<String> fitting = fittingViolations(bytes(json.toString()).length);
    if (!fitting.isEmpty()) {
      json.append(",\"violations\":[").append(String.join(",", fitting)).append(']');
    }
    return bytes(json.append('}').toString());
  }

  private List<String> fittingViolations(int used) {
    List<String> fitting = new ArrayList<>();
    int total = used;
    for (Violation violation : violations) {
      StringBuilder one = new StringBuilder("{");
      member(one, "field", violation.field()).append(',');
      member(one, "message", violation.message()).append('}');
      total += bytes(one.toString()).length + 1;
      if (total > MAX_BYTES) {
        break;
      }
      fitting.add(one.toString());
    }
    return fitting;
  }

  private static StringBuilder member(StringBuilder json, String name, String value) {
    json.append('"').append(name).append("\":\"");
    // Messages are ASCII texts of this service, but a message can contain a configured scope id of
    // any length.
    int end = Math.min(value.length(), MAX_TEXT);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7F) {
        json.append(c);
      } else {
        json.append(String.format("\\u%04x", (int) c));
      }
    }
    return json.append('"');
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
