package io.accesstokens.token.audit;

import io.accesstokens.token.query.TokenQuery;
import java.util.Optional;

/**
 * Selects a page of the audit log of all tokens of a kind, newest event first. Events with the same
 * instant are in reverse order of writing.
 *
 * @param filter the conditions for the events
 * @param after selects only events that are older than the event at this position; empty for the
 *     first page
 * @param offset the number of events to skip after this position
 * @param limit the maximum number of events, 0 to {@link TokenQuery#MAX_LIMIT}; with 0, the events
 *     are only counted
 */
public record AuditLogQuery(
    AuditLogFilter filter, Optional<AuditLogPosition> after, long offset, int limit) {

  public AuditLogQuery {
    if (limit < 0 || limit > TokenQuery.MAX_LIMIT || offset < 0) {
      throw new IllegalArgumentException(
          "limit must be 0 to " + TokenQuery.MAX_LIMIT + ", and offset must not be negative");
    }
  }

  /**
   * Returns a query for the events that follow a position.
   *
   * @param maxEvents the maximum number of events, 0 to {@link TokenQuery#MAX_LIMIT}
   */
  public AuditLogQuery continued(AuditLogPosition position, int maxEvents) {
    return new AuditLogQuery(filter, Optional.of(position), 0, maxEvents);
  }

  public AuditLogQuery with(AuditLogFilter other) {
    return new AuditLogQuery(other, after, offset, limit);
  }
}
