package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes the form of a token request, for the OpenAPI document. No method creates an instance of
 * this record.
 *
 * @param grantType the grant type, which determines the other parameters
 * @param refreshToken a personal token
 * @param scope the scopes of the new token; a subset of the personal token's scopes
 * @param code the authorization code that the browser received after the user's consent
 * @param redirectUri the redirect URI to which the code was sent
 * @param clientId the id of the client to which the code was sent
 * @param codeVerifier the code verifier (RFC 7636), which proves that the client has requested the
 *     code
 * @param clientSecret the raw service token of an OAuth client
 */
@Schema(
    name = "GrantForm",
    example = "{\"grant_type\": \"refresh_token\", \"refresh_token\": \"bpat_…\"}",
    description = "No parameter may occur twice; unknown parameters are ignored")
record GrantForm(
    @Schema(name = "grant_type", example = "refresh_token") String grantType,
    @Schema(name = "refresh_token", description = "For refresh_token: a raw personal token")
        @Nullable String refreshToken,
    @Schema(
            description =
                "For refresh_token: some of the personal token's scopes, separated by"
                    + " spaces; absent: all of them")
        @Nullable String scope,
    @Schema(description = "Of authorization_code") @Nullable String code,
    @Schema(name = "redirect_uri", description = "Of authorization_code")
        @Nullable String redirectUri,
    @Schema(name = "client_id", description = "For authorization_code; ignored otherwise")
        @Nullable String clientId,
    @Schema(name = "code_verifier", description = "For authorization_code (RFC 7636)")
        @Nullable String codeVerifier,
    @Schema(
            name = "client_secret",
            description = "For client_secret_post: the raw service token of the client")
        @Nullable String clientSecret) {

  @Override
  public String toString() {
    return "GrantForm[redacted]";
  }
}
