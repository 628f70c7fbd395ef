package io.accesstokens.store.memory;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.NeededScope;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.GroupCounts;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogPosition;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Computes the reports of an {@link InMemoryTokenStore}. Each report scans all tokens or all
 * events.
 */
final class InMemoryReportStore implements ReportStore {

  private static final Comparator<AuditLogPosition> NEWEST_FIRST =
      Comparator.comparing(AuditLogPosition::occurredAt)
          .thenComparing(AuditLogPosition::number)
          .reversed();

  private final InMemoryTokens<ServiceToken> tokens;
  private final InMemoryTokens<PersonalToken> personal;

  /** The daily uses, by token id and day. Guarded by the lock of the token store. */
  private final Map<UUID, NavigableMap<LocalDate, DailyUsage>> days = new HashMap<>();

  /** The callers of service tokens. Guarded by the lock of the token store. */
  private final InMemoryCallers callers = new InMemoryCallers();

  /**
   * The needed scopes of service tokens, by token id and scope. Guarded by the lock of the token
   * store.
   */
  private final Map<UUID, Map<String, NeededScope>> neededScopes = new HashMap<>();

  InMemoryReportStore(InMemoryTokens<ServiceToken> tokens, InMemoryTokens<PersonalToken> personal) {
    this.tokens = tokens;
    this.personal = personal;
  }

  @Override
  public AuditLogPage auditLog(AuditLogQuery query) {
    return tokensOf(query.filter())
        .reading(
            () ->
                AuditLogPage.of(
                    entries(query, query.limit() + 1L),
                    query,
                    BoundedCount.ofCounted(matching(query.filter()).count())));
  }

  @Override
  public List<AuditLogEntry> entries(AuditLogQuery query) {
    return tokensOf(query.filter()).reading(() -> entries(query, query.limit()));
  }

  @Override
  public Map<AuditEvent.Type, BoundedCount> eventCounts(
      AuditLogFilter filter, Collection<AuditEvent.Type> types) {
    return tokensOf(filter)
        .reading(
            () ->
                types.stream()
                    .collect(
                        Collectors.toMap(
                            type -> type,
                            type -> BoundedCount.ofCounted(matching(filter.ofType(type)).count()),
                            (one, other) -> one,
                            () -> new EnumMap<>(AuditEvent.Type.class))));
  }

  private List<AuditLogEntry> entries(AuditLogQuery query, long limit) {
    return matching(query.filter())
        .filter(entry -> query.after().map(after -> isOlder(entry, after)).orElse(true))
        .sorted(Comparator.comparing(AuditLogEntry::position, NEWEST_FIRST))
        .skip(query.offset())
        .limit(limit)
        .toList();
  }

  private static boolean isOlder(AuditLogEntry entry, AuditLogPosition after) {
    return NEWEST_FIRST.compare(entry.position(), after) > 0;
  }

  /** Returns the tokens whose events a filter selects, and whose lock guards these events. */
  private InMemoryTokens<?> tokensOf(AuditLogFilter filter) {
    return switch (filter.kind()) {
      case SERVICE -> tokens;
      case PERSONAL -> personal;
    };
  }

  private Stream<AuditLogEntry> matching(AuditLogFilter filter) {
    InMemoryTokens<?> selected = tokensOf(filter);
    List<AuditEvent> written = selected.written();
    return IntStream.range(0, written.size())
        .mapToObj(
            number -> {
              AuditEvent event = selected.withLogIndex(written.get(number));
              AccessToken token = selected.token(event.tokenId());
              return new AuditLogEntry(
                  event, number, token.name(), token.tokenPrefix(), token.owner());
            })
        .filter(entry -> matches(filter, entry));
  }

  private static boolean matches(AuditLogFilter filter, AuditLogEntry entry) {
    AuditEvent event = entry.event();
    return filter.id().map(event.id()::equals).orElse(true)
        && filter.tokenId().map(event.tokenId()::equals).orElse(true)
        && filter.owners().map(owners -> owners.contains(entry.owner())).orElse(true)
        && filter.actor().map(event.actor()::equals).orElse(true)
        && filter.type().map(type -> type == event.type()).orElse(true)
        && filter.from().map(from -> !event.occurredAt().isBefore(from)).orElse(true)
        && filter.before().map(event.occurredAt()::isBefore).orElse(true);
  }

  @Override
  public TokenCounts counts(
      Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince, Instant newSince) {
    return tokens.reading(
        () -> {
          List<ServiceToken> all =
              tokens
                  .all()
                  .filter(token -> groups.map(refs -> refs.contains(token.group())).orElse(true))
                  .toList();
          Map<EntityRef, Counts> counts =
              all.stream()
                  .collect(
                      Collectors.toMap(
                          ServiceToken::group,
                          token -> counts(token, now, unusedSince, newSince),
                          Counts::plus));
          return new TokenCounts(
              counts.entrySet().stream()
                  .map(entry -> new GroupCounts(entry.getKey(), entry.getValue()))
                  .toList(),
              days(all, now));
        });
  }

  @Override
  public Map<EntityRef, TokenCounts> countsByGroup(
      Instant now, Instant unusedSince, Instant newSince) {
    return tokens.reading(
        () ->
            tokens
                .all()
                .map(ServiceToken::group)
                .distinct()
                .collect(
                    Collectors.toMap(
                        group -> group,
                        group -> counts(Optional.of(Set.of(group)), now, unusedSince, newSince))));
  }

  @Override
  public List<ServiceToken> inGracePeriod(Optional<Set<EntityRef>> groups, Instant now, int limit) {
    return tokens.reading(
        () ->
            tokens
                .all()
                .filter(token -> groups.map(refs -> refs.contains(token.group())).orElse(true))
                .filter(token -> token.previousSecretAt(now).isPresent())
                .sorted(
                    Comparator.comparing(
                            (ServiceToken token) ->
                                token.previousSecretAt(now).orElseThrow().expiresAt())
                        .thenComparing(token -> token.id().toString()))
                .limit(limit)
                .toList());
  }

  @Override
  public TokenTotals totals(Instant now, int atMost) {
    return new TokenTotals(
        tokens.reading(() -> TokenTotals.KindTotals.of(tokens.all(), now)),
        personal.reading(() -> TokenTotals.KindTotals.of(personal.all(), now)));
  }

  private static Map<LocalDate, Long> days(List<ServiceToken> all, Instant now) {
    return all.stream()
        .filter(token -> token.statusAt(now) == TokenStatus.EXPIRING)
        .collect(
            Collectors.groupingBy(
                token -> LocalDate.ofInstant(token.expiresAt(), ZoneOffset.UTC),
                Collectors.counting()));
  }

  private static Counts counts(
      ServiceToken token, Instant now, Instant unusedSince, Instant newSince) {
    TokenStatus status = token.statusAt(now);
    boolean live = status.isLive();
    Instant used = token.lastUsedAt();
    return new Counts(
        one(status == TokenStatus.ACTIVE),
        one(status == TokenStatus.EXPIRING),
        one(status == TokenStatus.EXPIRED),
        one(status == TokenStatus.REVOKED),
        one(live && used == null),
        one(live && used == null && !token.createdAt().isBefore(newSince)),
        one(live && used != null && used.isBefore(unusedSince)));
  }

  private static long one(boolean counted) {
    return counted ? 1 : 0;
  }

  @Override
  public List<DailyUsage> usesByDay(UUID tokenId, LocalDate from) {
    return tokens.reading(
        () ->
            List.copyOf(days.getOrDefault(tokenId, new TreeMap<>()).tailMap(from, true).values()));
  }

  @Override
  public Map<EntityRef, DailyUsage> usesByGroup(LocalDate day) {
    return tokens.reading(
        () -> {
          Map<EntityRef, DailyUsage> uses = new HashMap<>();
          days.forEach(
              (id, usages) -> {
                DailyUsage usage = usages.get(day);
                if (usage != null) {
                  uses.merge(tokens.token(id).group(), usage, DailyUsage::plus);
                }
              });
          return uses;
        });
  }

  @Override
  public Map<String, Map<EntityRef, Long>> creators(Instant now) {
    return tokens.reading(
        () ->
            tokens
                .all()
                .filter(token -> token.statusAt(now).isLive())
                .collect(
                    Collectors.groupingBy(
                        ServiceToken::createdBy,
                        Collectors.groupingBy(ServiceToken::group, Collectors.counting()))));
  }

  @Override
  public Map<UUID, List<TokenCaller>> refusedCallers(
      Optional<Set<EntityRef>> groups, Instant since, int limit) {
    return tokens.reading(
        () ->
            callers.refused(
                id -> groups.map(refs -> refs.contains(tokens.token(id).group())).orElse(true),
                since,
                limit));
  }

  @Override
  public List<TokenCaller> callers(UUID tokenId, Instant since) {
    return tokens.reading(() -> callers.callers(tokenId, since));
  }

  @Override
  public List<NeededScope> neededScopes(UUID tokenId) {
    return tokens.reading(() -> List.copyOf(neededScopes.getOrDefault(tokenId, Map.of()).values()));
  }

  /** Deletes all callers. The caller of this method must hold the write lock. */
  void deleteCallers() {
    callers.clear();
  }

  /**
   * Records uses in the daily counts, the callers and the needed scopes. Ignores uses of unknown
   * tokens. The caller of this method must hold the write lock.
   *
   * @param uses the uses of each secret; all uses of one secret must be on the same UTC day
   */
  void add(Map<SecretId, TokenUsage> uses) {
    uses.forEach(
        (secret, usage) -> {
          UUID id = secret.tokenId();
          Instant accepted = usage.accepted().lastAt();
          Instant last = accepted == null ? usage.refused().lastAt() : accepted;
          if (!tokens.contains(id)) {
            return;
          }
          usage.neededScopes().forEach((scope, at) -> addNeeded(id, scope, at));
          if (last != null) {
            LocalDate day = LocalDate.ofInstant(last, ZoneOffset.UTC);
            days.computeIfAbsent(id, key -> new TreeMap<>())
                .merge(
                    day,
                    new DailyUsage(day, usage.accepted().count(), usage.refused().count()),
                    DailyUsage::plus);
            callers.add(tokens.token(id), secret, usage);
          }
        });
  }

  private void addNeeded(UUID tokenId, String scope, Instant at) {
    neededScopes
        .computeIfAbsent(tokenId, id -> new HashMap<>())
        .merge(scope, NeededScope.at(scope, at), NeededScope::plus);
  }

  /**
   * Deletes the daily counts and the callers that are older than their retention time. The caller
   * must hold the write lock.
   */
  void trim(Instant now) {
    LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DailyUsage.KEPT_DAYS - 1L);
    days.values().forEach(usages -> usages.headMap(first).clear());
    callers.trim(now);
  }
}
