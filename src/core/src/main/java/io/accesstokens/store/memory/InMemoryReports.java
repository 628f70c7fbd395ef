package io.accesstokens.store.memory;

import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.OfGroup;
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
import java.util.Comparator;
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
final class InMemoryReports implements ReportStore {

  private static final Comparator<AuditLogPosition> NEWEST_FIRST =
      Comparator.comparing(AuditLogPosition::occurredAt)
          .thenComparing(AuditLogPosition::number)
          .reversed();

  private final InMemoryTokens<ServiceToken> tokens;
  private final InMemoryTokens<PersonalToken> personal;

  /** The daily uses, by token id and day. Guarded by the lock of the token store. */
  private final Map<UUID, NavigableMap<LocalDate, DailyUsage>> days = new HashMap<>();

  InMemoryReports(InMemoryTokens<ServiceToken> tokens, InMemoryTokens<PersonalToken> personal) {
    this.tokens = tokens;
    this.personal = personal;
  }

  @Override
  public AuditLogPage auditLog(AuditLogQuery query) {
    return tokens.reading(
        () ->
            AuditLogPage.of(
                entries(query, query.limit() + 1L),
                query,
                BoundedCount.ofCounted(matching(query.filter()).count())));
  }

  @Override
  public List<AuditLogEntry> entries(AuditLogQuery query) {
    return tokens.reading(() -> entries(query, query.limit()));
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

  private Stream<AuditLogEntry> matching(AuditLogFilter filter) {
    List<AuditEvent> written = tokens.written();
    return IntStream.range(0, written.size())
        .mapToObj(number -> entry(written.get(number), number))
        .filter(entry -> matches(filter, entry));
  }

  private AuditLogEntry entry(AuditEvent event, long number) {
    ServiceToken token = tokens.token(event.tokenId());
    return new AuditLogEntry(event, number, token.name(), token.tokenPrefix(), token.group());
  }

  private static boolean matches(AuditLogFilter filter, AuditLogEntry entry) {
    AuditEvent event = entry.event();
    return filter.tokenId().map(event.tokenId()::equals).orElse(true)
        && filter.groups().map(groups -> groups.contains(entry.group())).orElse(true)
        && filter.actor().map(event.actor()::equals).orElse(true)
        && filter.type().map(type -> type == event.type()).orElse(true)
        && filter.from().map(from -> !event.occurredAt().isBefore(from)).orElse(true)
        && filter.before().map(event.occurredAt()::isBefore).orElse(true);
  }

  @Override
  public TokenCounts counts(Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince) {
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
                          token -> counts(token, now, unusedSince),
                          Counts::plus));
          return new TokenCounts(
              counts.entrySet().stream()
                  .map(entry -> new OfGroup(entry.getKey(), entry.getValue()))
                  .toList(),
              days(all, now));
        });
  }

  @Override
  public TokenTotals totals(Instant now, int atMost) {
    return new TokenTotals(
        tokens.reading(() -> TokenTotals.OfKind.of(tokens.all(), now)),
        personal.reading(() -> TokenTotals.OfKind.of(personal.all(), now)));
  }

  private static Map<LocalDate, Long> days(List<ServiceToken> all, Instant now) {
    return all.stream()
        .filter(token -> token.statusAt(now) == TokenStatus.EXPIRING)
        .collect(
            Collectors.groupingBy(
                token -> LocalDate.ofInstant(token.expiresAt(), ZoneOffset.UTC),
                Collectors.counting()));
  }

  private static Counts counts(ServiceToken token, Instant now, Instant unusedSince) {
    TokenStatus status = token.statusAt(now);
    boolean live = status == TokenStatus.ACTIVE || status == TokenStatus.EXPIRING;
    Instant used = token.lastUsedAt();
    return new Counts(
        one(status == TokenStatus.ACTIVE),
        one(status == TokenStatus.EXPIRING),
        one(status == TokenStatus.EXPIRED),
        one(status == TokenStatus.REVOKED),
        one(live && used == null),
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

  /**
   * Adds uses to the daily counts. All uses of a secret must be on the same UTC day. Ignores ids of
   * unknown tokens. The caller must hold the write lock.
   */
  void add(Map<SecretId, TokenUsage> uses) {
    uses.forEach(
        (secret, usage) -> {
          UUID id = secret.tokenId();
          Instant accepted = usage.accepted().lastAt();
          Instant last = accepted == null ? usage.refused().lastAt() : accepted;
          if (last != null && tokens.isThere(id)) {
            LocalDate day = LocalDate.ofInstant(last, ZoneOffset.UTC);
            days.computeIfAbsent(id, key -> new TreeMap<>())
                .merge(
                    day,
                    new DailyUsage(day, usage.accepted().count(), usage.refused().count()),
                    DailyUsage::plus);
          }
        });
  }

  /**
   * Deletes the daily counts of days that are older than the retention time. The caller must hold
   * the write lock.
   */
  void trim(Instant now) {
    LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DailyUsage.KEPT_DAYS - 1L);
    days.values().forEach(usages -> usages.headMap(first).clear());
  }
}
