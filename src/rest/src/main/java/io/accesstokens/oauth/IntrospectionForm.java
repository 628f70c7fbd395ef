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
 * @param clientAddress the IP address of the client that uses the token
 * @param enforcesLimits true if the verifier itself enforces the limits that the response contains
 */
@Schema(
    name = "IntrospectionForm",
    description = "No parameter may occur twice; unknown parameters are ignored")
record IntrospectionForm(
    @Schema(description = "The raw or signed token", requiredMode = RequiredMode.REQUIRED)
        String token,
    @Schema(name = "token_type_hint", description = "Ignored") @Nullable String tokenTypeHint,
    @Schema(
            description =
                "For a verifier that caches the response: the position of the last"
                    + " response of changes that it has applied")
        @Nullable String position,
    @Schema(
            name = "client_address",
            example = "192.0.2.1",
            description =
                "The IP address of the client that sent the token. Without it, a token that is"
                    + " limited to addresses is not active")
        @Nullable String clientAddress,
    @Schema(
            name = "enforces_limits",
            description =
                "true: the verifier enforces allowed_addresses itself, so the response does not"
                    + " depend on client_address")
        @Nullable Boolean enforcesLimits) {

  @Override
  public String toString() {
    return "IntrospectionForm[redacted]";
  }
}
