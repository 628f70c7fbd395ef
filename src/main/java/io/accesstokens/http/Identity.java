package io.accesstokens.http;

import io.accesstokens.token.Actor;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who the caller is, as {@code whoami} answers it.
 *
 * @param tokenId optional: of service tokens only
 */
@JsonbNillable
@JsonbPropertyOrder({"type", "subject", "scopes", "permissions", "expiresAt", "tokenId"})
@Schema(description = "Who the caller is")
public record Identity(
    @Schema(
            allowableValues = {"service", "user"},
            requiredMode = RequiredMode.REQUIRED)
        String type,
    @Schema(
            example = "service-token:group:default/platform:deploy",
            description = "Not unique over time for a service token: authorise by tokenId or scope",
            requiredMode = RequiredMode.REQUIRED)
        String subject,
    @Schema(requiredMode = RequiredMode.REQUIRED) List<String> scopes,
    @Schema(requiredMode = RequiredMode.REQUIRED) List<String> permissions,
    @Schema(
            types = {"string", "null"},
            format = "date-time",
            description = "When the credential expires; null if it does not",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String expiresAt,
    @Schema(format = "uuid", description = "Of service tokens only") @JsonbNillable(false)
        @Nullable String tokenId)
    implements Answer {

  static Identity of(Actor actor, List<String> permissions) {
    if (actor instanceof Actor.Token token) {
      return new Identity(
          "service",
          token.getName(),
          token.verified().scopes(),
          permissions,
          Answers.text(token.verified().expiresAt()),
          token.verified().tokenId().toString());
    }
    return new Identity("user", actor.getName(), List.of(), permissions, null, null);
  }
}
