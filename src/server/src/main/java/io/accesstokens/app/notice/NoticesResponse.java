package io.accesstokens.app.notice;

import io.accesstokens.http.input.Cursor;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeReport;
import io.accesstokens.notice.NoticeReports;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of the notices about service tokens. */
@JsonbNillable
@JsonbPropertyOrder({"notices", "limit", "next"})
@Schema(name = "NoticePage", description = "A page of the notices about service tokens")
public record NoticesResponse(
    @Schema(requiredMode = RequiredMode.REQUIRED) List<Entry> notices,
    @Schema(requiredMode = RequiredMode.REQUIRED) int limit,
    @Schema(
            types = {"string", "null"},
            description = "The value of after for the next page; null on the last one",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String next)
    implements ResponseBody {

  static NoticesResponse of(NoticeReports.Page page, int limit) {
    return new NoticesResponse(
        page.notices().stream().map(Entry::of).toList(),
        limit,
        page.next().map(Cursor::write).orElse(null));
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : ServiceTokenResponses.text(instant);
  }

  /** A notice about a token. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "id",
    "event",
    "thresholdDays",
    "tokenId",
    "tokenName",
    "tokenPrefix",
    "groupEntityRef",
    "expiresAt",
    "occurredAt",
    "deliveries"
  })
  @Schema(name = "Notice", description = "A notice about a service token, as it was at that time")
  public record Entry(
      @Schema(format = "uuid", requiredMode = RequiredMode.REQUIRED) String id,
      @Schema(
              allowableValues = {
                "token.created",
                "token.rotated",
                "token.revoked",
                "token.expiring",
                "token.expired",
                "token.ended-secret-used"
              },
              requiredMode = RequiredMode.REQUIRED)
          String event,
      @Schema(
              types = {"integer", "null"},
              description = "The days before the expiry, only for token.expiring",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable Integer thresholdDays,
      @Schema(format = "uuid", requiredMode = RequiredMode.REQUIRED) String tokenId,
      @Schema(requiredMode = RequiredMode.REQUIRED) String tokenName,
      @Schema(requiredMode = RequiredMode.REQUIRED) String tokenPrefix,
      @Schema(requiredMode = RequiredMode.REQUIRED) String groupEntityRef,
      @Schema(format = "date-time", requiredMode = RequiredMode.REQUIRED) String expiresAt,
      @Schema(format = "date-time", requiredMode = RequiredMode.REQUIRED) String occurredAt,
      @Schema(requiredMode = RequiredMode.REQUIRED) List<Sending> deliveries) {

    static Entry of(NoticeReport report) {
      Notice notice = report.notice();
      return new Entry(
          notice.id().toString(),
          notice.event().text(),
          notice.thresholdDays(),
          notice.token().id().toString(),
          notice.token().name(),
          notice.token().prefix(),
          notice.token().owner().toString(),
          ServiceTokenResponses.text(notice.token().expiresAt()),
          ServiceTokenResponses.text(notice.occurredAt()),
          report.deliveries().stream().map(Sending::of).toList());
    }
  }

  /** The state of a delivery. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "channel",
    "recipient",
    "state",
    "attempts",
    "lastError",
    "nextAttemptAt",
    "endedAt"
  })
  @Schema(name = "NoticeDelivery", description = "A message to one recipient")
  public record Sending(
      @Schema(
              allowableValues = {"mail", "webhook"},
              requiredMode = RequiredMode.REQUIRED)
          String channel,
      @Schema(
              description = "A mail address, or the name of a webhook",
              requiredMode = RequiredMode.REQUIRED)
          String recipient,
      @Schema(
              allowableValues = {"pending", "sent", "failed", "omitted"},
              description = "omitted: a mail whose notices were all outdated",
              requiredMode = RequiredMode.REQUIRED)
          String state,
      @Schema(requiredMode = RequiredMode.REQUIRED) int attempts,
      @Schema(
              types = {"string", "null"},
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String lastError,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              description = "The earliest instant of the next attempt",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String nextAttemptAt,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              description = "The instant of success, or of the last failed attempt",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String endedAt) {

    static Sending of(NoticeReport.Sending sending) {
      return new Sending(
          sending.channel().text(),
          sending.recipient(),
          sending.state(),
          sending.attempts(),
          sending.lastError(),
          text(sending.nextAttemptAt()),
          text(sending.endedAt()));
    }
  }
}
