package io.accesstokens.token.usage;

import io.accesstokens.token.Actor;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.TokenOverview;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.policy.Decision;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.TokenStore;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Creates reports on the service tokens that an actor may read. The queries of the store select
 * only the groups that the actor may read.
 *
 * <p>Each method throws {@link PermissionDeniedException} if the actor may read no service tokens,
 * and {@link StoreUnavailableException} if the store cannot be reached.
 */
public final class TokenReports {

  private final TokenStore store;
  private final PermissionCheck access;
  private final Clock clock;

  public TokenReports(TokenStore store, PermissionCheck access, Clock clock) {
    this.store = store;
    this.access = access;
    this.clock = clock;
  }

  /** Returns a page of the audit log of all service tokens that the actor may read. */
  public AuditLogPage auditLog(Actor actor, AuditLogQuery query) {
    return store.reports().auditLog(query.with(within(actor, query.filter())));
  }

  /**
   * Returns all matching events of the audit log, newest event first. The number of events is not
   * limited. This method reads the first page. The result reads further pages while it is consumed.
   *
   * @return the events, which can be consumed once
   */
  public Events events(Actor actor, AuditLogFilter filter) {
    ReportStore reports = store.reports();
    AuditLogQuery all =
        new AuditLogQuery(within(actor, filter), Optional.empty(), 0, TokenQuery.MAX_LIMIT);
    List<AuditLogEntry> first = reports.entries(all);
    return new Events(reports, all, first);
  }

  /** Returns the numbers of tokens by status and by group, and the numbers of unused tokens. */
  public TokenOverview overview(Actor actor) {
    Optional<PermissionScope.Groups> limit = limit(actor);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return TokenOverview.of(
        store
            .reports()
            .counts(
                limit.map(PermissionScope.Groups::groups), now, now.minus(TokenOverview.UNUSED)),
        now);
  }

  /**
   * Returns the number of uses of a token on each of the last UTC days, from the oldest day to
   * today.
   *
   * @param days the number of days including today, 1 to {@link DailyUsage#KEPT_DAYS}
   * @throws TokenNotFoundException if the actor can read no token with this id
   */
  public List<DailyUsage> usesByDay(Actor actor, UUID id, int days) {
    Decision decision = access.require(actor, Permissions.SERVICE_READ);
    ServiceToken token =
        access.within(store.find(id).orElseThrow(TokenNotFoundException::new), actor, decision);
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LocalDate first = today.minusDays(days - 1L);
    Map<LocalDate, DailyUsage> used = new HashMap<>();
    store.reports().usesByDay(token.id(), first).forEach(day -> used.put(day.day(), day));
    return first
        .datesUntil(today.plusDays(1))
        .map(day -> used.getOrDefault(day, new DailyUsage(day, 0, 0)))
        .toList();
  }

  private AuditLogFilter within(Actor actor, AuditLogFilter filter) {
    return limit(actor).map(own -> filter.within(own.groups())).orElse(filter);
  }

  /**
   * Returns the groups to which the actor's permission is limited; empty if the permission applies
   * to all groups.
   */
  private Optional<PermissionScope.Groups> limit(Actor actor) {
    return access.require(actor, Permissions.SERVICE_READ).groups()
            instanceof PermissionScope.Groups own
        ? Optional.of(own)
        : Optional.empty();
  }

  /**
   * A sequence of audit events that are read from the store while they are consumed. An instance
   * can be consumed once, by one thread.
   */
  public static final class Events {

    private final ReportStore store;
    private final AuditLogQuery query;
    private final List<AuditLogEntry> first;

    private Events(ReportStore store, AuditLogQuery query, List<AuditLogEntry> first) {
      this.store = store;
      this.query = query;
      this.first = first;
    }

    /**
     * Passes all events to a consumer.
     *
     * @param to the consumer; an exception from the consumer ends the reading
     * @throws StoreUnavailableException if the store cannot be reached; the consumer may already
     *     have received some events
     */
    public void forEach(Consumer<AuditLogEntry> to) {
      List<AuditLogEntry> part = first;
      while (true) {
        part.forEach(to);
        if (part.size() < query.limit()) {
          return;
        }
        part = store.entries(query.continued(Optional.of(part.get(part.size() - 1).position())));
      }
    }
  }
}
