package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
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
 * @param clientId the name of an OAuth client that sends {@code clientSecret}
 * @param clientSecret the raw service token of an OAuth client
 */
@Schema(
    name = "IntrospectionForm",
    example = "{\"token\": \"bsat_…\"}",
    description = "No parameter may occur twice; unknown parameters are ignored")
record IntrospectionForm(
    @Schema(description = "The raw or signed token") String token,
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
        @Nullable Boolean enforcesLimits,
    @Schema(name = "client_id", description = "For client_secret_post: any name; ignored otherwise")
        @Nullable String clientId,
    @Schema(name = "client_secret", description = "For client_secret_post: the raw service token")
        @Nullable String clientSecret) {

  @Override
  public String toString() {
    return "IntrospectionForm[redacted]";
  }
}
