package io.accesstokens.token.usage;

import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.Verification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the uses of one secret of a token. Thread-safe and non-blocking. Each count is the sum of
 * several memory cells. Therefore, threads rarely update the same cell. The time of the last use
 * changes at most once per millisecond.
 */
final class UsageCounter {

  private final LongAdder accepted = new LongAdder();
  private final LongAdder revoked = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder otherAddress = new LongAdder();
  private final LongAdder endedSecret = new LongAdder();
  private final AtomicReference<@Nullable Last> lastAccepted = new AtomicReference<>();
  private final AtomicReference<@Nullable Last> lastRefused = new AtomicReference<>();
  private final CallerCounter acceptedCallers = new CallerCounter();
  private final CallerCounter refusedCallers = new CallerCounter();
  private final NeededScopes neededScopes = new NeededScopes();

  private record Last(long millis, @Nullable String address) {}

  /**
   * Counts an accepted use.
   *
   * @param callers limits the number of callers; null if callers are not gathered
   */
  void accept(long millis, ClientInfo client, @Nullable EntrySlots callers) {
    accepted.increment();
    advance(lastAccepted, millis, client.address());
    if (callers != null) {
      acceptedCallers.count(client, millis, callers);
    }
  }

  /**
   * Records that an accepted use needed scopes.
   *
   * @param slots limits the number of scopes of all tokens
   */
  void need(Verification.Accepted verdict, List<String> scopes, long millis, EntrySlots slots) {
    neededScopes.record(verdict, scopes, millis, slots);
  }

  /** Returns true if refused uses with this reason are counted. */
  static boolean counts(Verification.Reason reason) {
    return switch (reason) {
      case REVOKED, EXPIRED, ADDRESS, ENDED_SECRET -> true;
      case MALFORMED, UNKNOWN, OWNER_GONE -> false;
    };
  }

  /**
   * Counts a refused use.
   *
   * @param reason a reason for which {@link #counts} returns true
   * @param callers limits the number of callers; null if callers are not gathered
   */
  void refuse(
      Verification.Reason reason, long millis, ClientInfo client, @Nullable EntrySlots callers) {
    switch (reason) {
      case REVOKED -> revoked.increment();
      case EXPIRED -> expired.increment();
      case ADDRESS -> otherAddress.increment();
      case ENDED_SECRET -> endedSecret.increment();
      case MALFORMED, UNKNOWN, OWNER_GONE ->
          throw new IllegalArgumentException(
              "refused uses with this reason are not counted: " + reason);
    }
    advance(lastRefused, millis, client.address());
    if (callers != null) {
      refusedCallers.count(client, millis, callers);
    }
  }

  private static void advance(
      AtomicReference<@Nullable Last> last, long millis, @Nullable String address) {
    Last seen = last.get();
    while (seen == null || seen.millis() < millis) {
      if (last.compareAndSet(seen, new Last(millis, address))) {
        return;
      }
      seen = last.get();
    }
  }

  /**
   * Returns the counts. The counts are exact only after all threads have stopped counting.
   *
   * @param secretNumber the number of the counted secret
   */
  TokenUsage usage(int secretNumber) {
    List<TokenCaller> callers = new ArrayList<>(acceptedCallers.callers(secretNumber, true));
    callers.addAll(refusedCallers.callers(secretNumber, false));
    return TokenUsage.of(
            uses(accepted.sum(), lastAccepted.get()),
            revoked.sum(),
            expired.sum(),
            otherAddress.sum(),
            endedSecret.sum(),
            instant(lastRefused.get()),
            address(lastRefused.get()))
        .withCallers(callers)
        .withNeededScopes(neededScopes.times());
  }

  private static UsageCount uses(long count, @Nullable Last last) {
    return new UsageCount(count, instant(last), address(last));
  }

  private static @Nullable Instant instant(@Nullable Last last) {
    return last == null ? null : Instant.ofEpochMilli(last.millis());
  }

  private static @Nullable String address(@Nullable Last last) {
    return last == null ? null : CallerCounter.storedAddress(last.address());
  }
}
