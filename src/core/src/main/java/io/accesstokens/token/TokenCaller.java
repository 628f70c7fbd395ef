package io.accesstokens.token;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The uses of one secret of a token by one client, with one outcome. A client is identified by its
 * address and its product.
 *
 * @param key the secret, the outcome and the client
 * @param uses the number of uses on the UTC day of the last use, at least 1
 * @param lastUsedAt the instant of the last use, to the millisecond
 */
public record TokenCaller(Key key, long uses, Instant lastUsedAt) {

  /**
   * Maximum number of clients with accepted uses for each secret. Also the maximum number of
   * clients with refused uses for each token.
   */
  public static final int MAX = 20;

  /** Time for which a caller is kept after its last use, in days. */
  public static final int KEPT_DAYS = 30;

  private static final Comparator<TokenCaller> NEWEST_FIRST =
      Comparator.comparing(TokenCaller::lastUsedAt)
          .reversed()
          .thenComparing(caller -> caller.key().secretNumber(), Comparator.reverseOrder())
          .thenComparing(caller -> text(caller.key().address()))
          .thenComparing(caller -> text(caller.key().client()));

  /**
   * Identifies a caller of a token.
   *
   * @param secretNumber the number of the secret, see {@link TokenSecrets#number}
   * @param accepted true if the uses were accepted; false if they were refused
   * @param address the network address of the client, at most {@value
   *     UsageCount#MAX_ADDRESS_LENGTH} visible ASCII characters; null if it is not known
   * @param client the product of the client, see {@link io.accesstokens.verify.ClientInfo}; null if
   *     it is not known
   */
  public record Key(
      int secretNumber, boolean accepted, @Nullable String address, @Nullable String client) {

    /** Returns a copy with the number of another secret. */
    public Key withSecret(int number) {
      return new Key(number, accepted, address, client);
    }
  }

  /** Returns a comparator that sorts the caller with the latest use first. */
  public static Comparator<TokenCaller> newestFirst() {
    return NEWEST_FIRST;
  }

  /**
   * Returns {@link #uses} if {@code day} is the UTC day of the last use, and 0 for all other days.
   */
  public long usesOn(LocalDate day) {
    return day.equals(day()) ? uses : 0;
  }

  /**
   * Returns true if a store keeps this caller: its uses were refused, or its secret is the current
   * or the previous secret of the token.
   *
   * @param liveSecrets the numbers of the current secret and the previous secret
   */
  public boolean isKeptFor(Set<Integer> liveSecrets) {
    return !key.accepted() || liveSecrets.contains(key.secretNumber());
  }

  private LocalDate day() {
    return LocalDate.ofInstant(lastUsedAt, ZoneOffset.UTC);
  }

  /** Returns a copy with the number of another secret. */
  public TokenCaller withSecret(int number) {
    return new TokenCaller(key.withSecret(number), uses, lastUsedAt);
  }

  /**
   * Returns the sum of two callers with the same key. The result has the later last use, and counts
   * only the uses on the UTC day of this last use.
   */
  private TokenCaller plus(TokenCaller other) {
    TokenCaller last = UsageCount.isLast(other.lastUsedAt, lastUsedAt) ? other : this;
    LocalDate day = last.day();
    return new TokenCaller(key, usesOn(day) + other.usesOn(day), last.lastUsedAt);
  }

  /**
   * Combines two collections of callers of one token. Two callers with the same key become one
   * caller. If there are too many callers, the result has the callers with the latest uses. Refused
   * uses never replace callers with accepted uses.
   *
   * <p>A caller whose last use is later than all uses in {@code added} by more than {@link
   * UsageCount#MAX_RECORDING_DELAY} was probably recorded with a wrong clock. It counts as the
   * caller with the earliest use. Otherwise it would take the slot of a new caller until its time.
   *
   * @param added the callers that were recorded after {@code callers}
   * @return the callers, at most {@value #MAX} accepted callers for each secret and {@value #MAX}
   *     refused callers, the caller with the latest use first, callers of a wrong clock last
   */
  public static List<TokenCaller> merge(
      Collection<TokenCaller> callers, Collection<TokenCaller> added) {
    Map<Key, TokenCaller> sums = new LinkedHashMap<>();
    callers.forEach(caller -> sums.merge(caller.key(), caller, TokenCaller::plus));
    added.forEach(caller -> sums.merge(caller.key(), caller, TokenCaller::plus));
    Instant latest =
        added.stream()
            .map(caller -> caller.lastUsedAt().plus(UsageCount.MAX_RECORDING_DELAY))
            .max(Comparator.naturalOrder())
            .orElse(Instant.MAX);
    Comparator<TokenCaller> order =
        Comparator.comparing((TokenCaller caller) -> caller.lastUsedAt().isAfter(latest))
            .thenComparing(NEWEST_FIRST);
    Map<Integer, Integer> accepted = new HashMap<>();
    int refused = 0;
    List<TokenCaller> kept = new ArrayList<>();
    for (TokenCaller caller : sums.values().stream().sorted(order).toList()) {
      int rank =
          caller.key().accepted()
              ? accepted.merge(caller.key().secretNumber(), 1, Integer::sum)
              : ++refused;
      if (rank <= MAX) {
        kept.add(caller);
      }
    }
    return List.copyOf(kept);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
