package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.listing.AuditLogReader;
import io.accesstokens.store.listing.CreatorQuery;
import io.accesstokens.store.listing.GracePeriodQuery;
import io.accesstokens.store.listing.TokenCountQuery;
import io.accesstokens.store.listing.TokenTotalsQuery;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.NeededScope;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads audit logs, counts, daily uses, callers and needed scopes of service tokens from the
 * database of a {@link HibernateTokenStore}.
 */
final class HibernateReportStore implements ReportStore {

  private final Database database;
  private final AuditLogReader auditLog;

  HibernateReportStore(Database database) {
    this.database = database;
    this.auditLog = new AuditLogReader(database.databaseKind());
  }

  @Override
  public AuditLogPage auditLog(AuditLogQuery query) {
    return database.readReport(session -> auditLog.page(session, query));
  }

  @Override
  public List<AuditLogEntry> entries(AuditLogQuery query) {
    return database.readReport(session -> auditLog.entries(session, query, query.limit()));
  }

  @Override
  public Map<AuditEvent.Type, BoundedCount> eventCounts(
      AuditLogFilter filter, Collection<AuditEvent.Type> types) {
    return database.readReport(
        session -> {
          Map<AuditEvent.Type, BoundedCount> counts = new EnumMap<>(AuditEvent.Type.class);
          types.forEach(type -> counts.put(type, auditLog.total(session, filter.ofType(type))));
          return counts;
        });
  }

  @Override
  public TokenCounts counts(
      Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince, Instant newSince) {
    if (groups.isPresent() && groups.get().isEmpty()) {
      return new TokenCounts(List.of(), Map.of());
    }
    return database.readReport(
        session ->
            TokenCountQuery.read(
                session, database.databaseKind(), groups, now, unusedSince, newSince));
  }

  @Override
  public Map<EntityRef, TokenCounts> countsByGroup(
      Instant now, Instant unusedSince, Instant newSince) {
    return database.readSlowly(
        session ->
            TokenCountQuery.readByGroup(
                session, database.databaseKind(), now, unusedSince, newSince));
  }

  @Override
  public List<ServiceToken> inGracePeriod(Optional<Set<EntityRef>> groups, Instant now, int limit) {
    if (groups.isPresent() && groups.get().isEmpty()) {
      return List.of();
    }
    return database.readReport(
        session -> {
          List<UUID> ids = GracePeriodQuery.read(session, groups, now, limit);
          Map<UUID, ServiceToken> tokens = TokenTable.SERVICE.tokens(session, Set.copyOf(ids));
          return ids.stream().map(tokens::get).toList();
        });
  }

  @Override
  public TokenTotals totals(Instant now, int atMost) {
    return database.read(
        session -> TokenTotalsQuery.read(session, database.databaseKind(), now, atMost));
  }

  @Override
  public List<DailyUsage> usesByDay(UUID tokenId, LocalDate from) {
    return database.read(session -> DailyUses.read(session, tokenId, from));
  }

  @Override
  public Map<EntityRef, DailyUsage> usesByGroup(LocalDate day) {
    return database.readReport(session -> DailyUses.byGroup(session, day));
  }

  @Override
  public Map<String, Map<EntityRef, Long>> creators(Instant now) {
    return database.readSlowly(session -> CreatorQuery.read(session, now));
  }

  @Override
  public Map<UUID, List<TokenCaller>> refusedCallers(
      Optional<Set<EntityRef>> groups, Instant since, int limit) {
    if (groups.isPresent() && groups.get().isEmpty()) {
      return Map.of();
    }
    return database.readReport(session -> CallerTable.refused(session, groups, since, limit));
  }

  @Override
  public List<TokenCaller> callers(UUID tokenId, Instant since) {
    return database.read(session -> CallerTable.read(session, tokenId, since));
  }

  @Override
  public List<NeededScope> neededScopes(UUID tokenId) {
    return database.read(session -> ScopeUses.read(session, tokenId));
  }
}
