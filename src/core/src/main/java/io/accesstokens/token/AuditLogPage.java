package io.accesstokens.token;

import java.util.List;
import java.util.Optional;

/**
 * A part of the audit trail of all service tokens.
 *
 * @param entries newest first
 * @param total of all events that match, not regarding {@code after}, offset and limit
 * @param next where the next part starts; empty at the end and for limit 0
 */
public record AuditLogPage(
    List<AuditLogEntry> entries, BoundedCount total, Optional<AuditLogPosition> next) {

  public AuditLogPage {
    entries = List.copyOf(entries);
  }

  /**
   * The page that a query asked for.
   *
   * @param read what was read from its offset on: one entry more than its limit, if there are more
   */
  public static AuditLogPage of(List<AuditLogEntry> read, AuditLogQuery query, BoundedCount total) {
    if (query.limit() == 0 || read.size() <= query.limit()) {
      return new AuditLogPage(query.limit() == 0 ? List.of() : read, total, Optional.empty());
    }
    List<AuditLogEntry> page = read.subList(0, query.limit());
    return new AuditLogPage(page, total, Optional.of(page.get(page.size() - 1).position()));
  }
}
