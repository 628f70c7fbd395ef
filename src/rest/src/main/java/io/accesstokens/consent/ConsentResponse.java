package io.accesstokens.consent;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.mint.MintFlow;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Describes the client of a mint flow, and the personal token that the user can allow. */
@JsonbPropertyOrder({
  "flowId",
  "clientId",
  "clientName",
  "userEntityRef",
  "name",
  "scopes",
  "expiresAt",
  "decideBy"
})
@Schema(name = "ConsentRequest", description = "A pending request for a personal token")
public record ConsentResponse(
    @Schema(format = "uuid", requiredMode = RequiredMode.REQUIRED) String flowId,
    @Schema(example = MintClient.ID, requiredMode = RequiredMode.REQUIRED) String clientId,
    @Schema(description = "The display name of the client", requiredMode = RequiredMode.REQUIRED)
        String clientName,
    @Schema(
            example = "user:default/dave",
            description = "The user as whom the token will act",
            requiredMode = RequiredMode.REQUIRED)
        String userEntityRef,
    @Schema(description = "The token's", requiredMode = RequiredMode.REQUIRED) String name,
    @Schema(
            description = "The scopes that limit the rights of its user; empty: it only reads",
            requiredMode = RequiredMode.REQUIRED)
        List<String> scopes,
    @Schema(format = "date-time", description = "The token's", requiredMode = RequiredMode.REQUIRED)
        String expiresAt,
    @Schema(
            format = "date-time",
            description = "Time at which the request expires",
            requiredMode = RequiredMode.REQUIRED)
        String decideBy)
    implements ResponseBody {

  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  static ConsentResponse of(MintFlow flow, MintClient client) {
    return new ConsentResponse(
        flow.id().toString(),
        client.id(),
        client.name(),
        flow.user().toString(),
        flow.request().name(),
        flow.request().scopes(),
        text(flow.request().expiresAt()),
        text(flow.expiresAt()));
  }

  /** Formats an instant in ISO 8601, in UTC with milliseconds, as in all responses. */
  static String text(Instant instant) {
    return INSTANT.format(instant);
  }

  /**
   * The response to the decision of a user about a requested token.
   *
   * @param continueAt the URL that the browser must open next. The URL can contain a one-time code,
   *     which is a secret
   */
  @Schema(name = "ConsentDecided")
  public record Decided(
      @Schema(format = "uri", requiredMode = RequiredMode.REQUIRED) String continueAt)
      implements ResponseBody {

    /** Returns a fixed text that contains no secret. */
    @Override
    public String toString() {
      return "Decided[redacted]";
    }
  }
}
