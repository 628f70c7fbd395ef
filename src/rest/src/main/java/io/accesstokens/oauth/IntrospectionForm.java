package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * Describes the form of an introspection request, for the OpenAPI document. No method creates an
 * instance of this record.
 *
 * @param token the raw or signed token
 * @param tokenTypeHint a hint about the type of the token, which is ignored
 * @param position a position in the change feed. The response reflects all changes up to this
 *     position
 */
@Schema(
    name = "IntrospectionForm",
    description = "No parameter may occur twice; unknown parameters are ignored")
record IntrospectionForm(
    @Schema(description = "The raw token", requiredMode = RequiredMode.REQUIRED) String token,
    @Schema(name = "token_type_hint", description = "Ignored") @Nullable String tokenTypeHint,
    @Schema(
            description =
                "For a verifier that caches the response: the position of the last"
                    + " response of changes that it has applied")
        @Nullable String position) {

  @Override
  public String toString() {
    return "IntrospectionForm[redacted]";
  }
}
