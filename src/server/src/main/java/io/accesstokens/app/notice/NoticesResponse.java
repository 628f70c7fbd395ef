package io.accesstokens.app.notice;

import io.accesstokens.http.input.Cursor;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeReport;
import io.accesstokens.notice.NoticeReports;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of the list of notices about service tokens. */
@JsonbNillable
@JsonbPropertyOrder({"notices", "limit", "next"})
@Schema(name = "NoticePage", description = "A page of the notices about service tokens")
public record NoticesResponse(
    List<Entry> notices,
    int limit,
    @Schema(description = "The parameter after for the next page; null on the last page")
        @Nullable String next)
    implements ResponseBody {

  static NoticesResponse of(NoticeReports.Page page, int limit) {
    return new NoticesResponse(
        page.notices().stream().map(Entry::of).toList(),
        limit,
        page.next().map(Cursor::write).orElse(null));
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
    "endedSecret",
    "deliveries"
  })
  @Schema(name = "Notice", description = "A notice about a service token, as it was at that time")
  public record Entry(
      @Schema(format = "uuid") String id,
      @Schema(
              allowableValues = {
                "token.created",
                "token.rotated",
                "token.revoked",
                "token.expiring",
                "token.expired",
                "token.ended-secret-used"
              })
          String event,
      @Schema(description = "The days before the expiry, only for token.expiring")
          @Nullable Integer thresholdDays,
      @Schema(format = "uuid") String tokenId,
      String tokenName,
      String tokenPrefix,
      String groupEntityRef,
      @Schema(format = "date-time") String expiresAt,
      @Schema(format = "date-time") String occurredAt,
      @Schema(description = "The use, only for token.ended-secret-used")
          @Nullable EndedSecret endedSecret,
      List<NoticeDelivery> deliveries) {

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
          EndedSecret.ofNullable(notice.endedSecretUse()),
          report.deliveries().stream().map(NoticeDelivery::of).toList());
    }
  }

  /** A use of a token's secret that has ended. */
  @JsonbNillable
  @JsonbPropertyOrder({"tokenPrefix", "address"})
  @Schema(name = "EndedSecretUse", description = "The use of an ended secret")
  public record EndedSecret(
      @Schema(description = "The first 12 characters of the raw token that was used")
          String tokenPrefix,
      @Schema(description = "The address of the client, if known") @Nullable String address) {

    static @Nullable EndedSecret ofNullable(Notice.@Nullable SecretUse use) {
      return use == null ? null : new EndedSecret(use.prefix(), use.address());
    }
  }

  /** The delivery of a message to one recipient. */
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
  public record NoticeDelivery(
      @Schema(allowableValues = {"mail", "webhook"}) String channel,
      @Schema(description = "A mail address, or the name of a webhook") String recipient,
      @Schema(
              allowableValues = {"pending", "sent", "failed", "omitted"},
              description = "omitted: all notices were outdated before they were sent")
          String state,
      int attempts,
      @Nullable String lastError,
      @Schema(format = "date-time", description = "The earliest instant of the next attempt")
          @Nullable String nextAttemptAt,
      @Schema(
              format = "date-time",
              description = "The instant of success, or of the last failed attempt")
          @Nullable String endedAt) {

    static NoticeDelivery of(NoticeReport.DeliveryReport delivery) {
      return new NoticeDelivery(
          delivery.channel().text(),
          delivery.recipient(),
          delivery.state(),
          delivery.attempts(),
          delivery.lastError(),
          ServiceTokenResponses.textOrNull(delivery.nextAttemptAt()),
          ServiceTokenResponses.textOrNull(delivery.endedAt()));
    }
  }
}
