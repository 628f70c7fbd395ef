package io.accesstokens.token;

import java.util.Optional;

/**
 * Which part of the audit trail of all service tokens to read, newest first; events of one instant
 * in reverse order of writing.
 *
 * @param filter which events
 * @param after only events that come after this position, which are older
 * @param offset how many to pass over, counted from {@code after}
 * @param limit at most so many, 0 to {@link TokenQuery#MAX_LIMIT}; 0 only counts
 */
public record AuditLogQuery(
    AuditLogFilter filter, Optional<AuditLogPosition> after, long offset, int limit) {

  public AuditLogQuery {
    if (limit < 0 || limit > TokenQuery.MAX_LIMIT || offset < 0) {
      throw new IllegalArgumentException(
          "limit must be 0.." + TokenQuery.MAX_LIMIT + ", offset not negative");
    }
  }

  /** The largest part that follows a position. */
  AuditLogQuery continued(Optional<AuditLogPosition> position) {
    return new AuditLogQuery(filter, position, 0, TokenQuery.MAX_LIMIT);
  }

  AuditLogQuery with(AuditLogFilter other) {
    return new AuditLogQuery(other, after, offset, limit);
  }
}
