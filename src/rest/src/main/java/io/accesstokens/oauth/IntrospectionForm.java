package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * What a form of introspection may hold. It describes the body; nothing is read into it.
 *
 * @param token the raw token
 * @param tokenTypeHint is passed over
 * @param position of the change feed, than which the answer must be no older
 */
@Schema(
    name = "IntrospectionForm",
    description = "No parameter twice; unknown ones are passed over")
record IntrospectionForm(
    @Schema(description = "The raw token", requiredMode = RequiredMode.REQUIRED) String token,
    @Schema(name = "token_type_hint", description = "Is passed over")
        @Nullable String tokenTypeHint,
    @Schema(
            description =
                "Of a verifier that keeps the answer: the position of the last answer of changes"
                    + " that it has applied")
        @Nullable String position) {

  @Override
  public String toString() {
    return "IntrospectionForm[redacted]";
  }
}
