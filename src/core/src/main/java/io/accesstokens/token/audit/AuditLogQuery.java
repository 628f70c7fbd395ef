package io.accesstokens.token.audit;

import io.accesstokens.token.query.TokenQuery;
import java.util.Optional;

/**
 * Selects a page of the audit log of all service tokens, newest first. Events of one instant are in
 * reverse order of writing.
 *
 * @param filter selects the events
 * @param after only events after this position, which are older
 * @param offset the number of events to skip, counted from {@code after}
 * @param limit the maximum number of events, 0 to {@link TokenQuery#MAX_LIMIT}; 0 only counts
 */
public record AuditLogQuery(
    AuditLogFilter filter, Optional<AuditLogPosition> after, long offset, int limit) {

  public AuditLogQuery {
    if (limit < 0 || limit > TokenQuery.MAX_LIMIT || offset < 0) {
      throw new IllegalArgumentException(
          "limit must be 0.." + TokenQuery.MAX_LIMIT + ", offset not negative");
    }
  }

  /** Returns a query for a page of the maximum size that follows a position. */
  public AuditLogQuery continued(Optional<AuditLogPosition> position) {
    return new AuditLogQuery(filter, position, 0, TokenQuery.MAX_LIMIT);
  }

  public AuditLogQuery with(AuditLogFilter other) {
    return new AuditLogQuery(other, after, offset, limit);
  }
}
