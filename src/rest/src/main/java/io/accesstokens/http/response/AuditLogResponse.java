package io.accesstokens.http.response;

import io.accesstokens.http.input.Cursor;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A page of the audit log of all service tokens. */
@JsonbNillable
@JsonbPropertyOrder({"events", "total", "totalIsLowerBound", "limit", "offset", "next"})
@Schema(name = "AuditTrailPage", description = "A page of the audit events of all service tokens")
public record AuditLogResponse(
    @Schema(requiredMode = RequiredMode.REQUIRED) List<Event> events,
    @Schema(requiredMode = RequiredMode.REQUIRED) long total,
    @Schema(description = "Present and true only if there are more than total")
        @JsonbNillable(false)
        @Nullable Boolean totalIsLowerBound,
    @Schema(requiredMode = RequiredMode.REQUIRED) int limit,
    @Schema(requiredMode = RequiredMode.REQUIRED) long offset,
    @Schema(
            types = {"string", "null"},
            description = "The value of after for the next page; null on the last one",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String next)
    implements ResponseBody {

  public static AuditLogResponse of(
      AuditLogPage page, AuditLogQuery query, Map<EntityRef, String> groupNames) {
    return new AuditLogResponse(
        page.entries().stream()
            .map(
                entry -> {
                  EntityRef group = entry.group();
                  return Event.of(entry, group == null ? null : groupNames.get(group));
                })
            .toList(),
        page.total().count(),
        ServiceTokenResponses.trueOrNull(page.total()),
        query.limit(),
        query.offset(),
        page.next().map(Cursor::write).orElse(null));
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
    "occurredAt"
  })
  @Schema(name = "AuditTrailEvent", description = "An audit event of a service token")
  public record Event(
      @Schema(format = "uuid", requiredMode = RequiredMode.REQUIRED) String id,
      @Schema(format = "uuid", requiredMode = RequiredMode.REQUIRED) String tokenId,
      @Schema(
              types = {"string", "null"},
              description = "Null if the token no longer exists, like all its data",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String tokenName,
      @Schema(
              types = {"string", "null"},
              description = "The first 12 characters of the raw token",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String tokenPrefix,
      @Schema(
              types = {"string", "null"},
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String groupEntityRef,
      @Schema(
              types = {"string", "null"},
              description =
                  "The group's display name in the directory; null if it has none or is"
                      + " unavailable",
              requiredMode = RequiredMode.REQUIRED)
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
              },
              requiredMode = RequiredMode.REQUIRED)
          String event,
      @Schema(
              description = "The user or the token that did it",
              requiredMode = RequiredMode.REQUIRED)
          String actor,
      @Schema(
              description =
                  "Empty for created; fields, and the old and new value of each, for updated;"
                      + " reason for revoked; source and change for imported",
              requiredMode = RequiredMode.REQUIRED)
          Map<String, String> metadata,
      @Schema(format = "date-time", requiredMode = RequiredMode.REQUIRED) String occurredAt) {

    public static Event of(AuditLogEntry entry, @Nullable String groupName) {
      AuditEvent event = entry.event();
      EntityRef group = entry.group();
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
          ServiceTokenResponses.text(event.occurredAt()));
    }
  }
}
