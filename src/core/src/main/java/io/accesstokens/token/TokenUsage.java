package io.accesstokens.token;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The uses of one token as a credential. An instance counts all uses since the creation of the
 * token, or only the uses in one interval.
 *
 * <p>A refused use is a use of an existing token that was revoked, has expired, or is limited to
 * other addresses. A use of an ended secret is also a refused use. Uses of unknown raw tokens are
 * not counted.
 *
 * @param accepted the accepted uses
 * @param refused the refused uses; their number is the sum of {@code revoked}, {@code expired},
 *     {@code address} and {@code endedSecret}
 * @param revoked the number of uses refused because the token was revoked
 * @param expired the number of uses refused because the token had expired
 * @param address the number of uses refused because the token is limited to other addresses
 * @param endedSecret the number of uses refused because the secret was replaced by a rotation, and
 *     its grace period had ended
 * @param callers the clients that used the token in an interval, see {@link TokenCaller#merge};
 *     empty if clients are not recorded, and always empty in the result of a store
 * @param neededScopes the scopes that verifiers needed in an interval, see {@link NeededScope}.
 *     Each scope has the time of the latest accepted use that needed this scope. Always empty in
 *     the result of a store.
 */
public record TokenUsage(
    UsageCount accepted,
    UsageCount refused,
    long revoked,
    long expired,
    long address,
    long endedSecret,
    List<TokenCaller> callers,
    Map<String, Instant> neededScopes) {

  /** The usage of a token that was never used. */
  public static final TokenUsage NONE =
      new TokenUsage(UsageCount.NONE, UsageCount.NONE, 0, 0, 0, 0, List.of(), Map.of());

  /**
   * Creates the counts of the uses of a token.
   *
   * @throws IllegalArgumentException if a count is negative, or if the number of refused uses is
   *     not the sum of {@code revoked}, {@code expired}, {@code address} and {@code endedSecret}
   */
  public TokenUsage {
    callers = List.copyOf(callers);
    neededScopes = Map.copyOf(neededScopes);
    if (revoked < 0
        || expired < 0
        || address < 0
        || endedSecret < 0
        || refused.count() != revoked + expired + address + endedSecret) {
      throw new IllegalArgumentException(
          "no count may be negative, and the number of refused uses must be the sum of the counts"
              + " of the reasons");
    }
  }

  /** Creates a usage without callers and scopes, in which the other reasons have no uses. */
  public static TokenUsage of(
      UsageCount accepted,
      long revoked,
      long expired,
      @Nullable Instant lastRefusedAt,
      @Nullable String lastRefusedAddress) {
    return of(accepted, revoked, expired, 0, 0, lastRefusedAt, lastRefusedAddress);
  }

  /**
   * Creates a usage. The number of refused uses is the sum of {@code revoked}, {@code expired},
   * {@code address} and {@code endedSecret}.
   *
   * @param lastRefusedAt the instant of the last refused use; null if there was none
   */
  public static TokenUsage of(
      UsageCount accepted,
      long revoked,
      long expired,
      long address,
      long endedSecret,
      @Nullable Instant lastRefusedAt,
      @Nullable String lastRefusedAddress) {
    return new TokenUsage(
        accepted,
        new UsageCount(
            revoked + expired + address + endedSecret, lastRefusedAt, lastRefusedAddress),
        revoked,
        expired,
        address,
        endedSecret,
        List.of(),
        Map.of());
  }

  /** Returns a copy in which {@code others} replaces {@link #callers}. */
  public TokenUsage withCallers(List<TokenCaller> others) {
    return new TokenUsage(
        accepted, refused, revoked, expired, address, endedSecret, others, neededScopes);
  }

  /** Returns a copy in which {@code others} replaces {@link #neededScopes}. */
  public TokenUsage withNeededScopes(Map<String, Instant> others) {
    return new TokenUsage(
        accepted, refused, revoked, expired, address, endedSecret, callers, others);
  }

  /**
   * Returns the sum of these uses and {@code other}. If there are too many callers, the result has
   * the callers with the latest uses.
   */
  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(
        accepted.plus(other.accepted),
        refused.plus(other.refused),
        revoked + other.revoked,
        expired + other.expired,
        address + other.address,
        endedSecret + other.endedSecret,
        other.callers.isEmpty() ? callers : TokenCaller.merge(callers, other.callers),
        later(neededScopes, other.neededScopes));
  }

  private static Map<String, Instant> later(Map<String, Instant> one, Map<String, Instant> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    Map<String, Instant> times = new HashMap<>(one);
    other.forEach((scope, at) -> times.merge(scope, at, (a, b) -> a.isAfter(b) ? a : b));
    return times;
  }
}
