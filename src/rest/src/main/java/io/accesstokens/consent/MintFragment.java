package io.accesstokens.consent;

import io.accesstokens.mint.OneTimeCode;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The URL fragment that contains the result of a mint flow: a code or an error. The server
 * redirects the browser to the page of personal tokens with this fragment.
 *
 * <p>Browsers do not send a fragment to a server. The fragment consists of a parameter name, an
 * equals sign, and a JSON object in base64url. All texts in the JSON object come from this service.
 */
final class MintFragment {

  static final MintFragment ACCESS_DENIED =
      error("access_denied", "you denied the request, so no token was created");
  static final MintFragment EXPIRED =
      error("expired", "the request has expired, was used, or was begun in another session");
  static final MintFragment LOGIN_REQUIRED = error("login_required", "you are no longer signed in");
  static final MintFragment INVALID_REQUEST = error("invalid_request", "the request is malformed");
  static final MintFragment UNAVAILABLE =
      error("temporarily_unavailable", "the service is not available now; try again");

  private static final String MINT = "personal-access-tokens-mint";

  private final String text;

  private MintFragment(String name, JsonObject value) {
    text =
        name
            + '='
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(value.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns a fragment with a code. The page of personal tokens exchanges the code for the new
   * token.
   */
  static MintFragment of(OneTimeCode tokenCode) {
    return new MintFragment(
        MINT, Json.createObjectBuilder().add("code", tokenCode.reveal()).build());
  }

  private static MintFragment error(String code, String message) {
    return new MintFragment(
        "personal-access-tokens-mint-error",
        Json.createObjectBuilder().add("error", code).add("message", message).build());
  }

  /** Returns the fragment without the leading number sign ({@code #}). */
  String text() {
    return text;
  }

  /** Returns a fixed text that contains no secret. */
  @Override
  public String toString() {
    return "MintFragment[redacted]";
  }
}
