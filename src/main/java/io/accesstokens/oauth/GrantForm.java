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
        @Nullable String scope) {

  @Override
  public String toString() {
    return "GrantForm[redacted]";
  }
}
