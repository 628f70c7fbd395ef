package io.accesstokens.token.audit;

import io.accesstokens.token.query.BoundedCount;
import java.util.List;
import java.util.Optional;

/**
 * A page of the audit log of all tokens of a kind.
 *
 * @param entries the entries, newest first
 * @param total the number of all matching events, not only of those on this page
 * @param next the position after which the next page starts; empty on the last page and for limit 0
 */
public record AuditLogPage(
    List<AuditLogEntry> entries, BoundedCount total, Optional<AuditLogPosition> next) {

  public AuditLogPage {
    entries = List.copyOf(entries);
  }

  /**
   * Returns the page for a query.
   *
   * @param read the entries after the query's position and offset, at most one more than the limit.
   *     The additional entry shows that there is a next page. With limit 0, this list is ignored.
   */
  public static AuditLogPage of(List<AuditLogEntry> read, AuditLogQuery query, BoundedCount total) {
    if (query.limit() == 0 || read.size() <= query.limit()) {
      return new AuditLogPage(query.limit() == 0 ? List.of() : read, total, Optional.empty());
    }
    List<AuditLogEntry> page = read.subList(0, query.limit());
    return new AuditLogPage(page, total, Optional.of(page.get(page.size() - 1).position()));
  }
}
