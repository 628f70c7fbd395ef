package io.accesstokens.http.response;

import io.accesstokens.http.input.Cursor;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A page of the audit log of all personal tokens. */
@JsonbNillable
@JsonbPropertyOrder({
  "events",
  "total",
  "totalIsLowerBound",
  "limit",
  "offset",
  "next",
  "eventCounts"
})
@Schema(name = "UserAuditLogPage", description = "A page of the audit events of personal tokens")
public record UserAuditLogResponse(
    List<Event> events,
    long total,
    @Schema(description = "Present and true only if there are more than total")
        @JsonbNillable(false)
        @Nullable Boolean totalIsLowerBound,
    int limit,
    long offset,
    @Schema(description = "The parameter after for the next page; null on the last page")
        @Nullable String next,
    @Schema(description = "Present only if requested: the number of matching events of each kind")
        @JsonbNillable(false)
        @Nullable List<AuditLogResponse.EventCount> eventCounts)
    implements ResponseBody {

  public static UserAuditLogResponse of(
      AuditLogPage page, AuditLogQuery query, Map<AuditEvent.Type, BoundedCount> counts) {
    return new UserAuditLogResponse(
        page.entries().stream().map(Event::of).toList(),
        page.total().count(),
        ServiceTokenResponses.trueOrNull(page.total()),
        query.limit(),
        query.offset(),
        page.next().map(Cursor::write).orElse(null),
        AuditLogResponse.EventCount.list(counts));
  }

  /** An event of the audit log, with the name and the user of its token. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "id",
    "tokenId",
    "tokenName",
    "tokenPrefix",
    "userEntityRef",
    "event",
    "actor",
    "metadata",
    "occurredAt",
    "logIndex"
  })
  @Schema(name = "UserAuditLogEvent", description = "An audit event of a personal token")
  public record Event(
      @Schema(format = "uuid") String id,
      @Schema(format = "uuid") String tokenId,
      @Schema(description = "Null if the token no longer exists, like all its data")
          @Nullable String tokenName,
      @Schema(description = "The first 12 characters of the raw token")
          @Nullable String tokenPrefix,
      @Nullable String userEntityRef,
      @Schema(
              allowableValues = {
                "minted",
                "exchanged",
                "rotated",
                "previous-secret-ended",
                "ended-secret-used",
                "revoked",
                "imported"
              })
          String event,
      @Schema(description = "The user or the token that caused the event") String actor,
      @Schema(description = "Details of the event, such as the reason of a revocation")
          Map<String, String> metadata,
      @Schema(format = "date-time") String occurredAt,
      @Schema(
              description =
                  "The index of the event in the transparency log; null until the event is in the"
                      + " log, which takes at most two seconds")
          @Nullable Long logIndex) {

    public static Event of(AuditLogEntry entry) {
      AuditEvent event = entry.event();
      EntityRef user = entry.owner();
      return new Event(
          event.id().toString(),
          event.tokenId().toString(),
          entry.tokenName(),
          entry.tokenPrefix(),
          user == null ? null : user.toString(),
          event.type().text(),
          event.actor(),
          event.metadata(),
          ServiceTokenResponses.text(event.occurredAt()),
          event.logIndex());
    }
  }
}
