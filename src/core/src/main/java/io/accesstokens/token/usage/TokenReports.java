package io.accesstokens.token.usage;

import io.accesstokens.token.Actor;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.NeededScope;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenNotFoundException;
import io.accesstokens.token.TokenOverview;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.policy.Decision;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Creates reports on the service tokens that an actor may read. The queries of the store select
 * only the groups that the actor may read. The audit log of personal tokens needs {@link
 * Permissions#USER_ADMIN}.
 *
 * <p>Each method throws {@link PermissionDeniedException} if the actor may read none of the tokens
 * of the report, and {@link StoreUnavailableException} if a necessary read of the store fails.
 */
public final class TokenReports {

  /** Maximum number of callers with refused uses that a report considers. */
  private static final int MAX_REFUSED = 500;

  /** Maximum number of users whose live tokens {@link #counted} counts again. */
  private static final int MAX_COUNTED = 2 * TokenAttention.MAX;

  /** Time after which a call stops updating a result that is kept in memory. */
  private static final Duration BUDGET = Duration.ofSeconds(2);

  /** Maximum wait of a call for a read in the background. */
  private static final Duration WAIT = Duration.ofSeconds(2);

  private final TokenStore store;
  private final PermissionCheck access;
  private final Clock clock;
  private final OverallCounts overallCounts;
  private final OverallUsage overallUsage;
  private final LeftCreators leftCreators;

  /**
   * Creates reports. Create only one instance in a process, because the instance keeps some results
   * in memory.
   *
   * @param users looks up the creators of tokens; {@link UserDirectory#UNLISTED} if there is no
   *     list of users
   */
  public TokenReports(TokenStore store, PermissionCheck access, UserDirectory users, Clock clock) {
    this(store, access, users, clock, BUDGET, WAIT);
  }

  /**
   * Creates reports with other limits, for tests.
   *
   * @param budget the time after which a call stops updating a result that is kept in memory
   * @param wait the maximum wait of a call for a read in the background
   */
  TokenReports(
      TokenStore store,
      PermissionCheck access,
      UserDirectory users,
      Clock clock,
      Duration budget,
      Duration wait) {
    this.store = store;
    this.access = access;
    this.clock = clock;
    Semaphore slot = new Semaphore(1);
    this.overallCounts = new OverallCounts(store::reports, clock, slot);
    this.overallUsage =
        new OverallUsage(
            day -> store.reports().usesByGroup(day), clock, Duration.ofMinutes(1), budget);
    this.leftCreators = new LeftCreators(store, users, clock, budget, wait, slot);
  }

  /**
   * Returns a page of the audit log. The page contains only events of tokens that the actor may
   * read.
   */
  public AuditLogPage auditLog(Actor actor, AuditLogQuery query) {
    return store.reports().auditLog(query.with(within(actor, query.filter())));
  }

  /**
   * Counts the events that match a filter and that the actor may read, by event type. Ignores the
   * filter's own condition on the event type.
   *
   * @param types the event types to count
   */
  public Map<AuditEvent.Type, BoundedCount> eventCounts(
      Actor actor, AuditLogFilter filter, Collection<AuditEvent.Type> types) {
    return store.reports().eventCounts(within(actor, filter), types);
  }

  /**
   * Returns all matching events of the audit log, newest event first. The number of events is not
   * limited. This method reads the first part. The result reads further parts while it is consumed.
   *
   * @return the events, which can be consumed once
   */
  public Events events(Actor actor, AuditLogFilter filter) {
    ReportStore reports = store.reports();
    AuditLogQuery all =
        new AuditLogQuery(within(actor, filter), Optional.empty(), 0, TokenQuery.MAX_LIMIT);
    return new Events(reports, all, Events.read(reports, all));
  }

  /**
   * Returns the numbers of tokens by status and by group, the numbers of unused tokens, and the
   * tokens whose previous secret is valid. If counting is slow, the numbers can be up to an hour
   * old, see {@link OverallCounts}.
   */
  public TokenOverview overview(Actor actor) {
    Optional<Set<EntityRef>> groups = limit(actor).map(PermissionScope.Groups::groups);
    OverallCounts.Result counts = overallCounts.of(groups);
    Instant now = clock.instant();
    return TokenOverview.of(
        counts.counts(),
        counts.asOf(),
        store.reports().inGracePeriod(groups, now, TokenOverview.MAX_IN_GRACE_PERIOD + 1),
        now);
  }

  /** Returns the service tokens that need attention, among the tokens that the actor may read. */
  public TokenAttention attention(Actor actor) {
    Optional<Set<EntityRef>> groups = limit(actor).map(PermissionScope.Groups::groups);
    Instant now = clock.instant();
    Map<UUID, List<TokenCaller>> callers =
        store.reports().refusedCallers(groups, now.minus(TokenAttention.RECENT), MAX_REFUSED);
    List<TokenAttention.UsedAfterEnd> used =
        store.find(callers.keySet()).values().stream()
            .flatMap(
                token ->
                    TokenAttention.UsedAfterEnd.of(
                        token, callers.getOrDefault(token.id(), List.of()), now)
                        .stream())
            .sorted(TokenAttention.UsedAfterEnd.MOST_USED_FIRST)
            .toList();
    LeftCreators.Result left = leftCreators.users();
    List<TokenAttention.LeftCreator> candidates = candidates(left, groups);
    List<TokenAttention.LeftCreator> creators = counted(candidates, groups, now);
    return new TokenAttention(
        used.stream().limit(TokenAttention.MAX).toList(),
        used.size() > TokenAttention.MAX
            || callers.values().stream().mapToInt(List::size).sum() == MAX_REFUSED,
        creators.stream().limit(TokenAttention.MAX).toList(),
        creators.size() > TokenAttention.MAX
            || candidates.size() > MAX_COUNTED
            || !left.isComplete());
  }

  /**
   * Returns the users who have left, with the numbers of their live tokens in the given groups.
   * Users without live tokens in these groups are omitted. The user with the most tokens is the
   * first element.
   */
  private static List<TokenAttention.LeftCreator> candidates(
      LeftCreators.Result left, Optional<Set<EntityRef>> groups) {
    return left.users().stream()
        .map(user -> new TokenAttention.LeftCreator(user.ref(), user.tokens(groups)))
        .filter(user -> user.tokens() > 0)
        .sorted(TokenAttention.LeftCreator.MOST_TOKENS_FIRST)
        .toList();
  }

  /**
   * Counts the live tokens of the first {@link #MAX_COUNTED} users again, because the numbers in
   * {@code candidates} can be outdated.
   */
  private List<TokenAttention.LeftCreator> counted(
      List<TokenAttention.LeftCreator> candidates, Optional<Set<EntityRef>> groups, Instant now) {
    return candidates.stream()
        .limit(MAX_COUNTED)
        .map(
            user ->
                new TokenAttention.LeftCreator(user.user(), liveTokens(user.user(), groups, now)))
        .filter(user -> user.tokens() > 0)
        .sorted(TokenAttention.LeftCreator.MOST_TOKENS_FIRST)
        .toList();
  }

  private long liveTokens(String creator, Optional<Set<EntityRef>> groups, Instant now) {
    return store
        .list(
            new TokenQuery(
                TokenFilter.liveBy(creator, groups),
                TokenOrder.NEWEST_FIRST,
                Optional.empty(),
                0,
                0),
            now)
        .total()
        .count();
  }

  /**
   * Returns the number of uses on each of the last UTC days, from the oldest day to today. Counts
   * the uses of all tokens that the actor may read. The numbers of the last two days can be a
   * minute old, or older while another thread reads them.
   *
   * @param days the number of days including today, 1 to {@link DailyUsage#KEPT_DAYS}
   * @return the days. If the time budget ends, the result has only the latest days. While another
   *     thread reads the days, the result has the known days, or none. A later call then returns
   *     more days.
   */
  public List<DailyUsage> usesByDay(Actor actor, int days) {
    return overallUsage.byDay(limit(actor).map(PermissionScope.Groups::groups), days);
  }

  /**
   * Returns how often a token was used on each of the last UTC days, from the oldest day to today.
   *
   * @param days the number of days including today, 1 to {@link DailyUsage#KEPT_DAYS}
   * @throws TokenNotFoundException if the actor can read no token with this id
   */
  public List<DailyUsage> usesByDay(Actor actor, UUID id, int days) {
    ServiceToken token = readable(actor, id);
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LocalDate first = today.minusDays(days - 1L);
    Map<LocalDate, DailyUsage> used = new HashMap<>();
    store.reports().usesByDay(token.id(), first).forEach(day -> used.put(day.day(), day));
    return first
        .datesUntil(today.plusDays(1))
        .map(day -> used.getOrDefault(day, new DailyUsage(day, 0, 0)))
        .toList();
  }

  /**
   * Returns the clients that used a token in the last {@link TokenCaller#KEPT_DAYS} days, the most
   * recently used client first, at most {@value CallerReport#MAX} clients. The result is empty if
   * the service does not gather callers.
   *
   * @throws TokenNotFoundException if the actor can read no token with this id
   */
  public List<CallerReport> callers(Actor actor, UUID id) {
    ServiceToken token = readable(actor, id);
    Instant now = clock.instant();
    Instant since = now.minus(Duration.ofDays(TokenCaller.KEPT_DAYS));
    return CallerReport.of(token, store.reports().callers(token.id(), since), now);
  }

  /**
   * Returns the scopes that a token has now, each with the first and the last time at which a
   * verifier needed the scope. The scopes have the order that they have in the token. The times of
   * a scope are null if no such time is recorded.
   *
   * @throws TokenNotFoundException if the actor can read no token with this id
   */
  public List<NeededScope> neededScopes(Actor actor, UUID id) {
    ServiceToken token = readable(actor, id);
    Map<String, NeededScope> needed =
        store.reports().neededScopes(token.id()).stream()
            .collect(Collectors.toMap(NeededScope::scope, Function.identity()));
    return token.scopes().stream()
        .map(scope -> needed.getOrDefault(scope, new NeededScope(scope, null, null)))
        .toList();
  }

  private ServiceToken readable(Actor actor, UUID id) {
    Decision decision = access.require(actor, Permissions.SERVICE_READ);
    return access.requireWithin(
        store.find(id).orElseThrow(TokenNotFoundException::new), actor, decision);
  }

  private AuditLogFilter within(Actor actor, AuditLogFilter filter) {
    return switch (filter.kind()) {
      case SERVICE -> limit(actor).map(own -> filter.within(own.groups())).orElse(filter);
      case PERSONAL -> {
        var unused = access.require(actor, Permissions.USER_ADMIN);
        yield filter;
      }
    };
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
   *
   * <p>While the consumer runs, an instance holds the first and the current part of the events,
   * each of about {@link #MAX_HELD_BYTES}. A slow consumer therefore holds little memory, even if
   * the events are large.
   */
  public static final class Events {

    /**
     * Size at which a part of the events ends, in bytes. The last event of the part can exceed this
     * size.
     */
    public static final int MAX_HELD_BYTES = 512 * 1024;

    /** Approximate size of an event without its metadata, in bytes. */
    private static final int EVENT_BYTES = 512;

    private final ReportStore store;
    private final AuditLogQuery query;
    private final Part first;

    /**
     * A part of the events.
     *
     * @param isLast true if no events follow
     * @param nextLimit the maximum number of events to read for the next part
     */
    private record Part(List<AuditLogEntry> entries, boolean isLast, int nextLimit) {}

    private Events(ReportStore store, AuditLogQuery query, Part first) {
      this.store = store;
      this.query = query;
      this.first = first;
    }

    /**
     * Reads the next events, and drops those beyond {@link #MAX_HELD_BYTES}. The next part reads
     * the dropped events again.
     */
    private static Part read(ReportStore store, AuditLogQuery query) {
      List<AuditLogEntry> all = store.entries(query);
      int held = 0;
      long bytes = 0;
      while (held < all.size() && bytes < MAX_HELD_BYTES) {
        bytes += bytes(all.get(held).event());
        held++;
      }
      if (held < all.size()) {
        return new Part(List.copyOf(all.subList(0, held)), false, held);
      }
      return new Part(all, held < query.limit(), Math.min(2 * query.limit(), TokenQuery.MAX_LIMIT));
    }

    private static long bytes(AuditEvent event) {
      long bytes = EVENT_BYTES;
      for (Map.Entry<String, String> member : event.metadata().entrySet()) {
        bytes += Character.BYTES * ((long) member.getKey().length() + member.getValue().length());
      }
      return bytes;
    }

    /**
     * Passes all events to a consumer.
     *
     * @param to the consumer; an exception from the consumer ends the reading
     * @throws StoreUnavailableException if the store cannot be reached; the consumer may already
     *     have received some events
     */
    public void forEach(Consumer<AuditLogEntry> to) {
      Part part = first;
      while (true) {
        part.entries().forEach(to);
        if (part.isLast()) {
          return;
        }
        AuditLogEntry last = part.entries().get(part.entries().size() - 1);
        part = read(store, query.continued(last.position(), part.nextLimit()));
      }
    }
  }
}
