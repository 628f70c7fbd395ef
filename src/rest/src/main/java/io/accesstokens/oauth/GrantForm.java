package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * What the form of a request for a token may hold. It describes the body; nothing is read into it.
 *
 * @param grantType which of the others are read
 * @param refreshToken a personal token
 * @param scope what the new token is to be narrowed to
 * @param code what a consent gave
 * @param redirectUri where it was given
 * @param clientId to whom it was given
 * @param codeVerifier proves that it was asked for by the same client (RFC 7636)
 */
@Schema(name = "GrantForm", description = "No parameter twice; unknown ones are passed over")
record GrantForm(
    @Schema(name = "grant_type", example = "refresh_token", requiredMode = RequiredMode.REQUIRED)
        String grantType,
    @Schema(name = "refresh_token", description = "Of refresh_token: a raw personal token")
        @Nullable String refreshToken,
    @Schema(
            description =
                "Of refresh_token: some of the personal token's scopes, separated by spaces;"
                    + " absent: all of them")
        @Nullable String scope,
    @Schema(description = "Of authorization_code") @Nullable String code,
    @Schema(name = "redirect_uri", description = "Of authorization_code")
        @Nullable String redirectUri,
    @Schema(name = "client_id", description = "Of authorization_code; otherwise passed over")
        @Nullable String clientId,
    @Schema(name = "code_verifier", description = "Of authorization_code (RFC 7636)")
        @Nullable String codeVerifier) {

  @Override
  public String toString() {
    return "GrantForm[redacted]";
  }
}
