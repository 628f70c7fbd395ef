package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.Actor;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response of {@code whoami}: the identity of the caller.
 *
 * @param tokenId the id of the caller's service token or personal token; omitted if the caller used
 *     another credential
 * @param previousSecret true if the caller presented the previous secret of a rotated token;
 *     otherwise null and omitted
 */
@JsonbNillable
@JsonbPropertyOrder({
  "type",
  "subject",
  "scopes",
  "permissions",
  "expiresAt",
  "tokenId",
  "previousSecret"
})
@Schema(name = "Identity", description = "The caller's identity")
public record WhoAmIResponse(
    @Schema(allowableValues = {"service", "user"}) String type,
    @Schema(
            example = "service-token:group:default/platform:deploy",
            description = "Not unique over time for a service token: authorize by tokenId or scope")
        String subject,
    List<String> scopes,
    List<String> permissions,
    @Schema(
            format = "date-time",
            description = "Time at which the access token expires; null for another credential")
        @Nullable String expiresAt,
    @Schema(format = "uuid", description = "The id of the access token that was presented")
        @JsonbNillable(false)
        @Nullable String tokenId,
    @Schema(
            description =
                "Present and true only if the previous secret was presented; expiresAt is then its"
                    + " end")
        @JsonbNillable(false)
        @Nullable Boolean previousSecret)
    implements ResponseBody {

  public static WhoAmIResponse of(Actor actor, List<String> permissions) {
    String type = actor instanceof Actor.Token ? "service" : "user";
    return actor
        .credential()
        .map(
            token ->
                new WhoAmIResponse(
                    type,
                    actor.getName(),
                    token.scopes(),
                    permissions,
                    ServiceTokenResponses.text(token.expiresAt()),
                    token.tokenId().toString(),
                    token.secret().previous() ? Boolean.TRUE : null))
        .orElseGet(
            () ->
                new WhoAmIResponse(
                    type, actor.getName(), List.of(), permissions, null, null, null));
  }
}
