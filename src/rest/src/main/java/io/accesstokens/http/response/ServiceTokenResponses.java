package io.accesstokens.http.response;

import io.accesstokens.http.input.Cursor;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The responses about service tokens. A null member is in the JSON as null, unless the description
 * of the member says that it is omitted.
 */
public final class ServiceTokenResponses {

  /** The format of instants. Milliseconds always have three digits, even for a whole second. */
  private static final DateTimeFormatter INSTANT =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private ServiceTokenResponses() {}

  public static String text(Instant instant) {
    return INSTANT.format(instant);
  }

  public static @Nullable String textOrNull(@Nullable Instant instant) {
    return instant == null ? null : text(instant);
  }

  static @Nullable Boolean trueOrNull(BoundedCount total) {
    return total.lowerBound() ? Boolean.TRUE : null;
  }

  /** A service token. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "id",
    "name",
    "description",
    "tokenPrefix",
    "groupEntityRef",
    "groupDisplayName",
    "scopes",
    "createdBy",
    "createdAt",
    "expiresAt",
    "lastUsedAt",
    "revokedAt",
    "revokedBy",
    "status",
    "allowedAddresses",
    "requestsPerMinute",
    "secretCreatedAt",
    "lifetimeSeconds",
    "previousSecret"
  })
  @Schema(name = "ServiceToken", description = "A service token, without its secret")
  public record Token(
      @Schema(format = "uuid") String id,
      @Schema(pattern = "^[a-z0-9-]{1,100}$") String name,
      @Schema(minLength = 1, maxLength = 500) String description,
      @Schema(description = "The first 12 characters of the raw token") String tokenPrefix,
      @Schema(example = "group:default/platform") String groupEntityRef,
      @Schema(
              description =
                  "The group's display name in the directory; null if it has none or is"
                      + " unavailable")
          @Nullable String groupDisplayName,
      List<String> scopes,
      @Schema(example = "user:default/alice") String createdBy,
      @Schema(format = "date-time") String createdAt,
      @Schema(format = "date-time") String expiresAt,
      @Schema(
              format = "date-time",
              description = "The last accepted use as a credential, at most five seconds behind")
          @Nullable String lastUsedAt,
      @Schema(format = "date-time") @Nullable String revokedAt,
      @Nullable String revokedBy,
      @Schema(allowableValues = {"active", "expiring", "expired", "revoked"}) String status,
      @Schema(
              description =
                  "The only addresses and CIDR ranges from which the token can be used; null for no"
                      + " limit")
          @Nullable List<String> allowedAddresses,
      @Schema(
              description =
                  "The number of requests that each process accepts in a minute; null for no limit")
          @Nullable Integer requestsPerMinute,
      @Schema(
              format = "date-time",
              description = "When the current secret was created: with the token, or by a rotation")
          String secretCreatedAt,
      @Schema(
              description =
                  "The lifetime that was given at the creation or at the latest rotation, rounded"
                      + " down; a rotation without an expiry gives it again")
          long lifetimeSeconds,
      @Schema(description = "The secret before the latest rotation; null if it is not valid")
          RotationResponses.@Nullable Previous previousSecret)
      implements ResponseBody {

    /**
     * Returns the response for a service token.
     *
     * @param groupNames the display names of groups; a group without an entry has no display name
     */
    public static Token of(ServiceToken token, Instant now, Map<EntityRef, String> groupNames) {
      return new Token(
          token.id().toString(),
          token.name(),
          token.description(),
          token.tokenPrefix(),
          token.group().toString(),
          groupNames.get(token.group()),
          token.scopes(),
          token.createdBy(),
          text(token.createdAt()),
          text(token.expiresAt()),
          textOrNull(token.lastUsedAt()),
          textOrNull(token.revokedAt()),
          token.revokedBy(),
          token.statusAt(now).text(),
          texts(token.limits().allowedAddresses()),
          token.limits().requestsPerMinute(),
          text(token.secrets().createdAt()),
          token.secrets().lifetime().toSeconds(),
          RotationResponses.Previous.of(token, now));
    }

    private static @Nullable List<String> texts(List<AddressRange> ranges) {
      return ranges.isEmpty() ? null : ranges.stream().map(AddressRange::toString).toList();
    }
  }

  /** A new service token and its raw token. No other response contains the raw token. */
  @JsonbPropertyOrder({"token", "rawToken"})
  @Schema(name = "CreatedServiceToken", description = "A new service token with its secret")
  public record Created(
      Token token,
      @Schema(
              description = "The secret, shown this once",
              pattern = "^[a-z][a-z0-9]{0,6}_[0-9A-Za-z]{43}$")
          String rawToken)
      implements ResponseBody {

    public static Created of(CreatedToken created, Instant now, Map<EntityRef, String> groupNames) {
      return new Created(Token.of(created.token(), now, groupNames), created.rawToken().reveal());
    }

    @Override
    public String toString() {
      return "Created[" + token.id() + ", redacted]";
    }
  }

  /** A page of service tokens. */
  @JsonbNillable
  @JsonbPropertyOrder({"tokens", "total", "totalIsLowerBound", "limit", "offset", "next"})
  @Schema(name = "ServiceTokenPage", description = "A page of service tokens")
  public record TokenList(
      List<Token> tokens,
      long total,
      @Schema(description = "Present and true only if there are more than total")
          @JsonbNillable(false)
          @Nullable Boolean totalIsLowerBound,
      int limit,
      long offset,
      @Schema(description = "The parameter after for the next page; null on the last page")
          @Nullable String next)
      implements ResponseBody {

    public static TokenList of(
        TokenPage page, TokenQuery query, Instant now, Map<EntityRef, String> groupNames) {
      return new TokenList(
          page.tokens().stream().map(token -> Token.of(token, now, groupNames)).toList(),
          page.total().count(),
          trueOrNull(page.total()),
          query.limit(),
          query.offset(),
          page.next().map(Cursor::write).orElse(null));
    }
  }

  /** An event in the audit log of a token. */
  @JsonbNillable
  @JsonbPropertyOrder({"id", "tokenId", "event", "actor", "metadata", "occurredAt", "logIndex"})
  @Schema(name = "AuditEvent", description = "An audit event of a token")
  public record Event(
      @Schema(format = "uuid") String id,
      @Schema(format = "uuid") String tokenId,
      @Schema(
              allowableValues = {
                "created",
                "minted",
                "exchanged",
                "updated",
                "rotated",
                "previous-secret-ended",
                "ended-secret-used",
                "revoked",
                "imported"
              })
          String event,
      @Schema(description = "The user or the token that caused the event") String actor,
      @Schema(
              description =
                  "Empty for created and minted; jti and scope for exchanged; fields, and the old"
                      + " and new value of each, for updated; reason for revoked; source and change"
                      + " for imported;"
                      + " gracePeriodSeconds, previousTokenPrefix and previousSecretExpiresAt, and"
                      + " the old and new value of expiresAt if it changed, or retry and"
                      + " replacedTokenPrefix, for rotated; by and previousTokenPrefix for"
                      + " previous-secret-ended; tokenPrefix and address for ended-secret-used")
          Map<String, String> metadata,
      @Schema(format = "date-time") String occurredAt,
      @Schema(
              description =
                  "The index of the event in the transparency log; null until the event is in the"
                      + " log, which takes at most two seconds")
          @Nullable Long logIndex) {

    public static Event of(AuditEvent event) {
      return new Event(
          event.id().toString(),
          event.tokenId().toString(),
          event.type().text(),
          event.actor(),
          event.metadata(),
          text(event.occurredAt()),
          event.logIndex());
    }
  }

  /** A page of the audit log of a token. */
  @JsonbPropertyOrder({"events", "total", "totalIsLowerBound", "limit", "offset"})
  @Schema(name = "AuditEventPage", description = "A page of audit events, newest first")
  public record EventList(
      List<Event> events,
      long total,
      @Schema(description = "Present and true only if there are more than total")
          @Nullable Boolean totalIsLowerBound,
      int limit,
      long offset)
      implements ResponseBody {

    public static EventList of(Page<AuditEvent> page, int limit, long offset) {
      return new EventList(
          page.items().stream().map(Event::of).toList(),
          page.total().count(),
          trueOrNull(page.total()),
          limit,
          offset);
    }
  }

  /** A scope that a token can have. */
  @JsonbPropertyOrder({"id", "description", "plugin"})
  @Schema(name = "Scope", description = "A scope that a token can have")
  public record Scope(
      @Schema(example = "catalog:read") String id,
      String description,
      @Schema(example = "catalog") String plugin) {}

  /** The catalog of the scopes that a token can have. */
  @Schema(name = "ScopeCatalogue", description = "The scopes that a token can be given")
  public record ScopeList(List<Scope> scopes) implements ResponseBody {

    public static ScopeList of(ScopeCatalog scopeCatalog) {
      return new ScopeList(
          scopeCatalog.scopes().stream()
              .map(scope -> new Scope(scope.id(), scope.description(), scope.plugin()))
              .toList());
    }
  }
}
