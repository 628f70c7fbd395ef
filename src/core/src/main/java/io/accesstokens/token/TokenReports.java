package io.accesstokens.token;

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
 * What can be known of all service tokens together, within an actor's reach. The store leaves out
 * the rest: nothing of it is read.
 *
 * <p>Each method throws {@link PermissionDeniedException} when the actor may read no service
 * tokens, and {@link StoreUnavailableException} when the store is out of reach.
 */
public final class TokenReports {

  private final TokenStore store;
  private final PermissionCheck access;
  private final Clock clock;

  TokenReports(TokenStore store, PermissionCheck access, Clock clock) {
    this.store = store;
    this.access = access;
    this.clock = clock;
  }

  /** A part of the audit trail of all tokens. */
  public AuditLogPage trail(Actor actor, AuditLogQuery query) {
    return store.reports().trail(query.with(within(actor, query.filter())));
  }

  /**
   * All events that match, newest first, however many there are: they are read part by part, each
   * when it is asked for. The first one is read at once.
   *
   * @return gives all of them, once, to whom it is given, which may throw; throws {@link
   *     StoreUnavailableException} when the store goes out of reach on the way
   */
  public Events events(Actor actor, AuditLogFilter filter) {
    ReportStore reports = store.reports();
    AuditLogQuery all =
        new AuditLogQuery(within(actor, filter), Optional.empty(), 0, TokenQuery.MAX_LIMIT);
    List<AuditLogEntry> first = reports.entries(all);
    return new Events(reports, all, first);
  }

  /** How many tokens there are, of which statuses and groups, and how many are not in use. */
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
   * How often a token was used on each of the last days (UTC), the oldest first, the last today.
   *
   * @param days how many, 1 to {@link DailyUsage#KEPT_DAYS}
   * @throws TokenNotFoundException if there is none of that id within the actor's reach
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

  /** The groups to which the actor's reach is limited; empty if it is not. */
  private Optional<PermissionScope.Groups> limit(Actor actor) {
    return access.require(actor, Permissions.SERVICE_READ).reach()
            instanceof PermissionScope.Groups own
        ? Optional.of(own)
        : Optional.empty();
  }

  /** Events that are read while they are handed on. For one thread, once. */
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
     * Hands on all of them.
     *
     * @param to what it throws ends the reading
     * @throws StoreUnavailableException if the store goes out of reach; some were handed on by then
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
