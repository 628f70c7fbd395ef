package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes the form of a revocation request, for the OpenAPI document. No method creates an
 * instance of this record.
 *
 * @param token the raw token to revoke
 * @param tokenTypeHint a hint about the type of the token, which is ignored
 * @param clientId the name of an OAuth client that sends {@code clientSecret}
 * @param clientSecret the raw service token of an OAuth client
 */
@Schema(
    name = "RevocationForm",
    example = "{\"token\": \"bsat_…\"}",
    description = "No parameter may occur twice; unknown parameters are ignored")
record RevocationForm(
    @Schema(description = "The raw token") String token,
    @Schema(name = "token_type_hint", description = "Ignored") @Nullable String tokenTypeHint,
    @Schema(name = "client_id", description = "For client_secret_post: any name; ignored otherwise")
        @Nullable String clientId,
    @Schema(name = "client_secret", description = "For client_secret_post: the raw service token")
        @Nullable String clientSecret) {

  @Override
  public String toString() {
    return "RevocationForm[redacted]";
  }
}
