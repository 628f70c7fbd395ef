package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * An error as RFC 6749, section 5.2, has it.
 *
 * @param error a code of that RFC (sections 4.1.2.1 and 5.2) or of RFC 6750, section 3.1
 * @param description says in a sentence what is wrong; what that RFC does not allow there (other
 *     than printable ASCII, quotes and backslashes) becomes a question mark
 */
@Schema(description = "An error as RFC 6749, section 5.2, has it")
record OAuthError(
    @Schema(example = "invalid_request", requiredMode = RequiredMode.REQUIRED) String error,
    @Schema(name = "error_description", requiredMode = RequiredMode.REQUIRED) String description)
    implements JsonResponse {

  OAuthError {
    description = NOT_ALLOWED.matcher(description).replaceAll("?");
  }

  private static final String INVALID_REQUEST = "invalid_request";

  private static final Pattern NOT_ALLOWED =
      Pattern.compile("[^\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]");

  /** What is wrong with the request itself: 400. */
  static WebApplicationException invalidRequest(String description) {
    return invalidRequest(Response.Status.BAD_REQUEST, description);
  }

  /**
   * Why no token is given: 400.
   *
   * @param error a code of RFC 6749, section 5.2
   */
  static WebApplicationException badRequest(String error, String description) {
    return answer(Response.Status.BAD_REQUEST, new OAuthError(error, description));
  }

  /** What is wrong with the request itself, with a status that says it better. */
  static WebApplicationException invalidRequest(Response.Status status, String description) {
    return answer(status, new OAuthError(INVALID_REQUEST, description));
  }

  private static WebApplicationException answer(Response.Status status, OAuthError error) {
    return new WebApplicationException(
        Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(error).build());
  }

  /**
   * What a status comes down to.
   *
   * @param challenges all values of {@code WWW-Authenticate} in one text; empty without any
   * @param sentence says what is wrong where the status alone does not
   */
  static OAuthError of(int status, String challenges, String sentence) {
    return switch (status) {
      case 401 ->
          new OAuthError(
              says(challenges, "invalid_token") ? "invalid_token" : "invalid_client", sentence);
      case 403 ->
          new OAuthError(
              says(challenges, "insufficient_scope") ? "insufficient_scope" : "access_denied",
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

  private static boolean says(String challenges, String code) {
    return challenges.contains("error=\"" + code + '"');
  }

  @Override
  public byte[] toJson() {
    // Nothing in it needs escaping, see the constructor.
    return ("{\"error\":\"" + error + "\",\"error_description\":\"" + description + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
