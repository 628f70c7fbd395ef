package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The response of the token endpoint if a token was created (RFC 6749, section 5.1).
 *
 * @param accessToken the new token
 * @param tokenType always {@code Bearer}
 * @param expiresIn the lifetime of the token, in seconds
 * @param scope the scopes of the token, separated by spaces
 * @param issuedTokenType a URI for the type of the token (RFC 8693, section 3)
 */
@Schema(name = "AccessToken", description = "The response has no refresh_token")
record AccessTokenGrantResponse(
    @Schema(name = "access_token") String accessToken,
    @Schema(name = "token_type", allowableValues = "Bearer") String tokenType,
    @Schema(name = "expires_in", description = "The lifetime in seconds", example = "600")
        long expiresIn,
    @Schema(description = "Separated by spaces; empty for a token without scopes") String scope,
    @Schema(name = "issued_token_type", description = "The token type identifier of RFC 8693")
        String issuedTokenType) {

  private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

  static AccessTokenGrantResponse of(TokenGrant.Issued issued) {
    return new AccessTokenGrantResponse(
        issued.accessToken(),
        "Bearer",
        issued.expiresIn(),
        String.join(" ", issued.scopes()),
        issued.issuedTokenType());
  }

  /** Returns the JSON text in UTF-8. */
  byte[] toJson() {
    return JSON.createObjectBuilder()
        .add("access_token", accessToken)
        .add("token_type", tokenType)
        .add("expires_in", expiresIn)
        .add("scope", scope)
        .add("issued_token_type", issuedTokenType)
        .build()
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "AccessTokenGrantResponse[redacted]";
  }
}
