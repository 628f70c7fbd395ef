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

/** A page of the audit log of all service tokens. */
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
@Schema(name = "AuditLogPage", description = "A page of the audit events of all service tokens")
public record AuditLogResponse(
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
        @Nullable List<EventCount> eventCounts)
    implements ResponseBody {

  public static AuditLogResponse of(
      AuditLogPage page,
      AuditLogQuery query,
      Map<AuditEvent.Type, BoundedCount> counts,
      Map<EntityRef, String> groupNames) {
    return new AuditLogResponse(
        page.entries().stream()
            .map(
                entry -> {
                  EntityRef group = entry.owner();
                  return Event.of(entry, group == null ? null : groupNames.get(group));
                })
            .toList(),
        page.total().count(),
        ServiceTokenResponses.trueOrNull(page.total()),
        query.limit(),
        query.offset(),
        page.next().map(Cursor::write).orElse(null),
        EventCount.list(counts));
  }

  /** The number of events of one type. */
  @JsonbPropertyOrder({"event", "total", "totalIsLowerBound"})
  @Schema(name = "EventCount", description = "The number of matching events of one kind")
  public record EventCount(
      String event,
      long total,
      @Schema(description = "Present and true only if there are more than total")
          @JsonbNillable(false)
          @Nullable Boolean totalIsLowerBound) {

    /** Returns the numbers of events as a list; null if nothing was counted. */
    static @Nullable List<EventCount> list(Map<AuditEvent.Type, BoundedCount> counts) {
      return counts.isEmpty()
          ? null
          : counts.entrySet().stream().map(count -> of(count.getKey(), count.getValue())).toList();
    }

    private static EventCount of(AuditEvent.Type type, BoundedCount count) {
      return new EventCount(type.text(), count.count(), ServiceTokenResponses.trueOrNull(count));
    }
  }

  /** An event of the audit log, with the name and the group of its token. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "id",
    "tokenId",
    "tokenName",
    "tokenPrefix",
    "groupEntityRef",
    "groupDisplayName",
    "event",
    "actor",
    "metadata",
    "occurredAt",
    "logIndex"
  })
  @Schema(name = "AuditLogEvent", description = "An audit event of a service token")
  public record Event(
      @Schema(format = "uuid") String id,
      @Schema(format = "uuid") String tokenId,
      @Schema(description = "Null if the token no longer exists, like all its data")
          @Nullable String tokenName,
      @Schema(description = "The first 12 characters of the raw token")
          @Nullable String tokenPrefix,
      @Nullable String groupEntityRef,
      @Schema(
              description =
                  "The group's display name in the directory; null if it has none or is"
                      + " unavailable")
          @Nullable String groupDisplayName,
      @Schema(
              allowableValues = {
                "created",
                "updated",
                "rotated",
                "previous-secret-ended",
                "ended-secret-used",
                "revoked",
                "imported"
              })
          String event,
      @Schema(description = "The user or the token that caused the event") String actor,
      @Schema(description = "The same members as in the audit events of one token")
          Map<String, String> metadata,
      @Schema(format = "date-time") String occurredAt,
      @Schema(
              description =
                  "The index of the event in the transparency log; null until the event is in the"
                      + " log, which takes at most two seconds")
          @Nullable Long logIndex) {

    public static Event of(AuditLogEntry entry, @Nullable String groupName) {
      AuditEvent event = entry.event();
      EntityRef group = entry.owner();
      return new Event(
          event.id().toString(),
          event.tokenId().toString(),
          entry.tokenName(),
          entry.tokenPrefix(),
          group == null ? null : group.toString(),
          groupName,
          event.type().text(),
          event.actor(),
          event.metadata(),
          ServiceTokenResponses.text(event.occurredAt()),
          event.logIndex());
    }
  }
}
