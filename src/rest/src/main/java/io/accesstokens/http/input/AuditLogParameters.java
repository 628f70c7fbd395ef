package io.accesstokens.http.input;

import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPosition;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Reads the query parameters of the audit logs of all service tokens and of all personal tokens,
 * and of their exports.
 */
public final class AuditLogParameters {

  /** The event types that a filter of the audit log of service tokens can contain. */
  private static final List<AuditEvent.Type> SERVICE_TYPES =
      List.of(
          AuditEvent.Type.CREATED,
          AuditEvent.Type.UPDATED,
          AuditEvent.Type.ROTATED,
          AuditEvent.Type.PREVIOUS_SECRET_ENDED,
          AuditEvent.Type.ENDED_SECRET_USED,
          AuditEvent.Type.REVOKED,
          AuditEvent.Type.IMPORTED);

  /** The event types that a filter of the audit log of personal tokens can contain. */
  private static final List<AuditEvent.Type> PERSONAL_TYPES =
      List.of(
          AuditEvent.Type.MINTED,
          AuditEvent.Type.EXCHANGED,
          AuditEvent.Type.ROTATED,
          AuditEvent.Type.PREVIOUS_SECRET_ENDED,
          AuditEvent.Type.ENDED_SECRET_USED,
          AuditEvent.Type.REVOKED,
          AuditEvent.Type.IMPORTED);

  /** Maximum length of the actor in a filter, in characters. */
  private static final int MAX_ACTOR = 700;

  private AuditLogParameters() {}

  /** Returns the types of events that a filter for tokens of this kind can contain. */
  public static List<AuditEvent.Type> types(AuditLogFilter.Kind kind) {
    return switch (kind) {
      case SERVICE -> SERVICE_TYPES;
      case PERSONAL -> PERSONAL_TYPES;
    };
  }

  /**
   * Reads the query parameters of a request for one page of the audit log.
   *
   * @throws MalformedRequestException if a parameter is wrong
   */
  public static AuditLogQuery page(QueryParameters query, AuditLogFilter.Kind kind) {
    int limit = query.limit();
    int offset = query.boundedOffset();
    AuditLogFilter filter = filter(query, kind);
    Optional<AuditLogPosition> after =
        query.single(
            "after",
            "must be the value of next of an earlier response",
            Cursor::readAuditLogPosition);
    if (after.isPresent() && offset > 0) {
      query.reportError("after", "must not be given together with offset");
    }
    query.check();
    return new AuditLogQuery(filter, after, offset, limit);
  }

  /** Reads the filter of the audit log, and records errors in {@code query}. */
  public static AuditLogFilter filter(QueryParameters query, AuditLogFilter.Kind kind) {
    Optional<UUID> id = query.single("id", "must be the id of an event", QueryParameters::uuid);
    Optional<UUID> token =
        query.single("tokenId", "must be the id of a token", QueryParameters::uuid);
    Optional<EntityRef> owner =
        switch (kind) {
          case SERVICE -> query.group();
          case PERSONAL -> query.user();
        };
    Optional<String> actor =
        query.single(
            "actor",
            "must name a user, e.g. user:default/alice, or another actor exactly as in an event",
            AuditLogParameters::actor);
    Optional<AuditEvent.Type> type =
        query.single(
            "event",
            "must be one of "
                + types(kind).stream().map(AuditEvent.Type::text).collect(Collectors.joining(", ")),
            text -> types(kind).stream().filter(it -> it.text().equals(text)).findFirst());
    Optional<Instant> from = query.instant("from");
    Optional<Instant> before = query.instant("to");
    return new AuditLogFilter(kind, id, token, owner.map(Set::of), actor, type, from, before);
  }

  /**
   * Returns the actor in a query parameter. If the text is a user ref, the result is the normalized
   * user ref. Any other text is returned without the spaces at its ends.
   *
   * @return empty if the text is too long or contains control characters
   */
  private static Optional<String> actor(String text) {
    return EntityRef.parseUser(text)
        .map(EntityRef::toString)
        .or(() -> Optional.of(text.strip()))
        .filter(actor -> actor.length() <= MAX_ACTOR)
        .filter(actor -> actor.codePoints().noneMatch(Character::isISOControl));
  }

  /**
   * Reads the required parameter {@code format}, and records errors in {@code query}. Returns
   * {@code CSV} if the parameter is absent or wrong.
   */
  public static AuditLogFormat format(QueryParameters query) {
    String expectation =
        "must be one of "
            + Arrays.stream(AuditLogFormat.values())
                .map(AuditLogFormat::text)
                .collect(Collectors.joining(", "));
    return query.required("format", expectation, AuditLogFormat::of).orElse(AuditLogFormat.CSV);
  }
}
