package io.accesstokens.consent;

import io.accesstokens.http.problem.ResponseBody;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbPropertyOrder;

/**
 * The response to a request that starts a mint flow.
 *
 * @param authorizeUrl the URL that the browser must open next
 * @param state a secret that identifies the flow. {@code authorizeUrl} contains this secret too
 */
@JsonbPropertyOrder({"flowId", "authorizeUrl", "state", "expiresAt"})
@Schema(name = "MintFlow", description = "A pending request for a personal token")
public record MintResponse(
    @Schema(format = "uuid") String flowId,
    @Schema(format = "uri") String authorizeUrl,
    @Schema(description = "The state parameter of authorizeUrl") String state,
    @Schema(format = "date-time", description = "Time until which the user can decide")
        String expiresAt)
    implements ResponseBody {

  /** Returns a text that contains no secret. */
  @Override
  public String toString() {
    return "MintResponse[" + flowId + ", redacted]";
  }
}
