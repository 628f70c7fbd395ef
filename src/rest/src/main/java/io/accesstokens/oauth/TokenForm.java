package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * Describes the form of a revocation request, for the OpenAPI document. No method creates an
 * instance of this record.
 *
 * @param token the raw token to revoke
 * @param tokenTypeHint a hint about the type of the token, which is ignored
 */
@Schema(
    name = "TokenForm",
    description = "No parameter may occur twice; unknown parameters are ignored")
record TokenForm(
    @Schema(description = "The raw token", requiredMode = RequiredMode.REQUIRED) String token,
    @Schema(name = "token_type_hint", description = "Ignored") @Nullable String tokenTypeHint) {

  @Override
  public String toString() {
    return "TokenForm[redacted]";
  }
}
