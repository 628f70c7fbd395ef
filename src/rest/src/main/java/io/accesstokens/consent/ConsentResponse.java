package io.accesstokens.consent;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.mint.MintFlow;
import io.accesstokens.session.WebOrigin;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of the consent page: the client that requests a personal token, and the requested
 * token.
 */
@JsonbPropertyOrder({
  "flowId",
  "clientId",
  "clientName",
  "origin",
  "applicationName",
  "userEntityRef",
  "name",
  "scopes",
  "expiresAt",
  "decideBy",
  "inSession"
})
@Schema(name = "ConsentRequest", description = "A pending request for a personal token")
public record ConsentResponse(
    @Schema(format = "uuid") String flowId,
    @Schema(example = MintClient.ID) String clientId,
    @Schema(description = "The display name of the client") String clientName,
    @Schema(
            example = "https://portal.example.com",
            description =
                "The origin of the web page that began the request, as its browser reported it."
                    + " Absent if none was reported, for example by a script")
        @Nullable String origin,
    @Schema(
            description =
                "The display name of the application at that origin, from the settings of this"
                    + " service. Absent if the application is not known")
        @Nullable String applicationName,
    @Schema(example = "user:default/dave", description = "The user as whom the token will act")
        String userEntityRef,
    @Schema(description = "The name of the token") String name,
    @Schema(description = "The scopes that limit the rights of its user; empty: it only reads")
        List<String> scopes,
    @Schema(format = "date-time", description = "The expiry of the token") String expiresAt,
    @Schema(format = "date-time", description = "Time at which the request expires")
        String decideBy,
    @Schema(
            description =
                "True if the request was begun in this session; false if it was begun with a JWT")
        boolean inSession)
    implements ResponseBody {

  static ConsentResponse of(MintFlow flow, MintClient client, Map<WebOrigin, String> applications) {
    WebOrigin origin = flow.origin();
    return new ConsentResponse(
        flow.id().toString(),
        client.id(),
        client.name(),
        origin == null ? null : origin.toString(),
        origin == null ? null : applications.get(origin),
        flow.user().toString(),
        flow.request().name(),
        flow.request().scopes(),
        ServiceTokenResponses.text(flow.request().expiresAt()),
        ServiceTokenResponses.text(flow.expiresAt()),
        flow.sessionId() != null);
  }

  /**
   * The response to the decision of a user about a requested token.
   *
   * @param continueAt the URL that the browser must open next. The URL can contain a one-time code,
   *     which is a secret
   */
  @Schema(name = "ConsentResult")
  public record ConsentDecisionResponse(@Schema(format = "uri") String continueAt)
      implements ResponseBody {

    /** Returns a fixed text that contains no secret. */
    @Override
    public String toString() {
      return "ConsentDecisionResponse[redacted]";
    }
  }
}
