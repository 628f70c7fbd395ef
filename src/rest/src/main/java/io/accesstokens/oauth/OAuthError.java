package io.accesstokens.oauth;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * An error response of OAuth (RFC 6749, section 5.2).
 *
 * @param error an error code of RFC 6749 (sections 4.1.2.1 and 5.2), RFC 6750 (section 3.1) or RFC
 *     7009 (section 2.2.1)
 * @param description a sentence that describes the error. RFC 6749 allows only printable ASCII
 *     without quotes and backslashes. The constructor replaces each other character with a question
 *     mark
 */
record OAuthError(String error, String description) {

  OAuthError {
    description = NOT_ALLOWED.matcher(description).replaceAll("?");
  }

  private static final String INVALID_REQUEST = "invalid_request";

  private static final String INVALID_CLIENT = "invalid_client";

  private static final Pattern NOT_ALLOWED =
      Pattern.compile("[^\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]");

  /**
   * Returns an exception with a response of status 400 and the error code {@code invalid_request}.
   */
  static WebApplicationException invalidRequest(String description) {
    return invalidRequest(Response.Status.BAD_REQUEST, description);
  }

  /**
   * Returns an exception with a response of status 400 and the given error code.
   *
   * @param error an error code of RFC 6749, section 5.2, or RFC 7009, section 2.2.1
   */
  static WebApplicationException badRequest(String error, String description) {
    return exception(Response.Status.BAD_REQUEST, new OAuthError(error, description));
  }

  /**
   * Returns an exception with a response of the given status and the error code {@code
   * invalid_request}.
   */
  static WebApplicationException invalidRequest(Response.Status status, String description) {
    return exception(status, new OAuthError(INVALID_REQUEST, description));
  }

  /**
   * Returns an exception with a response of status 401 and the error code {@code invalid_client}.
   */
  static WebApplicationException invalidClient(String description) {
    return exception(Response.Status.UNAUTHORIZED, new OAuthError(INVALID_CLIENT, description));
  }

  private static WebApplicationException exception(Response.Status status, OAuthError error) {
    return new WebApplicationException(
        Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(error).build());
  }

  /**
   * Returns the OAuth error for an HTTP status.
   *
   * @param challenges all values of {@code WWW-Authenticate} in one text; empty if there are none
   * @param sentence the description of the error; ignored for a status that has a fixed description
   */
  static OAuthError of(int status, String challenges, String sentence) {
    return switch (status) {
      case 401 ->
          new OAuthError(
              hasError(challenges, "invalid_token") ? "invalid_token" : INVALID_CLIENT, sentence);
      case 403 ->
          new OAuthError(
              hasError(challenges, "insufficient_scope") ? "insufficient_scope" : "access_denied",
              sentence);
      case 405 -> new OAuthError(INVALID_REQUEST, sentence);
      case 415 ->
          new OAuthError(
              INVALID_REQUEST,
              "the body must be application/x-www-form-urlencoded in UTF-8"
                  + " without a content coding");
      case 429, 503 -> new OAuthError("temporarily_unavailable", sentence);
      default -> new OAuthError(status < 500 ? INVALID_REQUEST : "server_error", sentence);
    };
  }

  private static boolean hasError(String challenges, String code) {
    return challenges.contains("error=\"" + code + '"');
  }

  /** Returns the JSON text in UTF-8. */
  byte[] toJson() {
    // No character needs escaping, because the constructor has replaced quotes and backslashes.
    return ("{\"error\":\"" + error + "\",\"error_description\":\"" + description + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
