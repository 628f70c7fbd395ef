package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.listing.AuditLogReader;
import io.accesstokens.store.listing.TokenCountQuery;
import io.accesstokens.store.listing.TokenTotalsQuery;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads audit logs, counts and daily uses of all service tokens from the database of a {@link
 * HibernateTokenStore}.
 */
final class HibernateReports implements ReportStore {

  private final Database database;
  private final AuditLogReader auditLog;

  HibernateReports(Database database) {
    this.database = database;
    this.auditLog = new AuditLogReader(database.vendor());
  }

  @Override
  public AuditLogPage auditLog(AuditLogQuery query) {
    return database.read(session -> auditLog.page(session, query));
  }

  @Override
  public List<AuditLogEntry> entries(AuditLogQuery query) {
    return database.read(session -> auditLog.entries(session, query, query.limit()));
  }

  @Override
  public TokenCounts counts(Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince) {
    if (groups.isPresent() && groups.get().isEmpty()) {
      return new TokenCounts(List.of(), Map.of());
    }
    return database.read(
        session -> TokenCountQuery.read(session, database.vendor(), groups, now, unusedSince));
  }

  @Override
  public TokenTotals totals(Instant now, int atMost) {
    return database.read(session -> TokenTotalsQuery.read(session, database.vendor(), now, atMost));
  }

  @Override
  public List<DailyUsage> usesByDay(UUID tokenId, LocalDate from) {
    return database.read(session -> DailyUses.read(session, tokenId, from));
  }
}
