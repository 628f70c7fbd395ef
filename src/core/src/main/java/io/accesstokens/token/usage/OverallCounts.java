package io.accesstokens.token.usage;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TokenOverview;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Counts the service tokens of an overview. Instances are thread-safe.
 *
 * <p>Each call counts the tokens of the requested groups, unless this count would be slow. After a
 * slow count, a {@link BackgroundRead} counts the tokens of all groups. A call uses the background
 * count if its own count would be slow or has failed. Below {@value #MANY} tokens, the background
 * count is not used, because a count of few tokens is slow only while other work blocks the
 * database.
 *
 * <p>The memory is bounded by the number of groups: about 2 KiB for each group, and only after a
 * slow count.
 */
final class OverallCounts {

  /** Minimum total number of tokens at which the background count is used. */
  private static final long MANY = 100_000;

  /** Minimum duration of a slow count. */
  static final Duration SLOW = Duration.ofSeconds(2);

  private final Supplier<ReportStore> store;
  private final Clock clock;
  private final BackgroundRead<Map<EntityRef, TokenCounts>> all;

  /**
   * Counts of tokens.
   *
   * @param asOf the instant for which the tokens were counted
   */
  record Result(TokenCounts counts, Instant asOf) {}

  /**
   * Creates an instance without counts.
   *
   * @param slot see {@link BackgroundRead}
   */
  OverallCounts(Supplier<ReportStore> store, Clock clock, Semaphore slot) {
    this.store = store;
    this.clock = clock;
    this.all =
        new BackgroundRead<>(
            "the count of all tokens",
            now -> store.get().countsByGroup(now, unusedSince(now), newSince(now)),
            clock,
            Duration.ZERO,
            slot);
  }

  private static Instant unusedSince(Instant now) {
    return now.minus(TokenOverview.UNUSED);
  }

  private static Instant newSince(Instant now) {
    return now.minus(TokenOverview.NEW);
  }

  /**
   * Returns the counts of the tokens of some groups.
   *
   * @param groups the groups; empty for all groups
   * @throws StoreUnavailableException if the count fails, and there is no background count of the
   *     last hour with at least {@value #MANY} tokens. Also thrown if {@code groups} is empty, a
   *     background count is running, and there is no background count of the last hour.
   */
  Result of(Optional<Set<EntityRef>> groups) {
    Optional<BackgroundRead.Value<Map<EntityRef, TokenCounts>>> latest = all.latest();
    Optional<BackgroundRead.Value<Map<EntityRef, TokenCounts>>> known =
        latest.filter(value -> tokens(value.value().values()) >= MANY);
    if (known.filter(value -> isSlow(value, groups)).isPresent()) {
      return result(all.refreshed(Duration.ZERO).orElse(known.get()), groups);
    }
    if (latest.isEmpty() && groups.isEmpty() && all.isRunning()) {
      throw new StoreUnavailableException("all tokens are being counted", null);
    }
    Instant now = clock.instant();
    try {
      return new Result(store.get().counts(groups, now, unusedSince(now), newSince(now)), now);
    } catch (StoreUnavailableException e) {
      return known.map(value -> result(value, groups)).orElseThrow(() -> e);
    } finally {
      if (Duration.between(now, clock.instant()).compareTo(SLOW) >= 0 || all.hasFailed()) {
        var unused = all.refreshed(Duration.ZERO);
      }
    }
  }

  private static Result result(
      BackgroundRead.Value<Map<EntityRef, TokenCounts>> known, Optional<Set<EntityRef>> groups) {
    return new Result(TokenCounts.sum(within(known.value(), groups)), known.asOf());
  }

  /**
   * Returns true if a count of the tokens of these groups would be slow. The method estimates this
   * from the duration of the background count.
   */
  private static boolean isSlow(
      BackgroundRead.Value<Map<EntityRef, TokenCounts>> known, Optional<Set<EntityRef>> groups) {
    double own = tokens(within(known.value(), groups));
    return known.took().toMillis() * own / tokens(known.value().values()) >= SLOW.toMillis();
  }

  private static Collection<TokenCounts> within(
      Map<EntityRef, TokenCounts> counts, Optional<Set<EntityRef>> groups) {
    return groups
        .map(
            some ->
                (Collection<TokenCounts>)
                    counts.entrySet().stream()
                        .filter(entry -> some.contains(entry.getKey()))
                        .map(Map.Entry::getValue)
                        .toList())
        .orElse(counts.values());
  }

  private static long tokens(Collection<TokenCounts> counts) {
    return counts.stream()
        .flatMap(some -> some.groups().stream())
        .mapToLong(group -> group.counts().tokens())
        .sum();
  }
}
