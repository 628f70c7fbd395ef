package io.accesstokens.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The numbers of all tokens at one instant, by kind. Counting stops at a limit, because exact
 * counts of very many tokens are expensive.
 */
public record TokenTotals(KindTotals service, KindTotals personal) {

  /**
   * The periods for which {@link KindTotals#expiring} counts tokens, shortest first. The periods
   * include the expiring windows of both kinds of tokens.
   */
  public static final List<Duration> PERIODS =
      List.of(Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(30));

  /**
   * The numbers of tokens of one kind. A number that reached the limit is a lower bound.
   *
   * @param byStatus the number of tokens with each status
   * @param expiring the number of unrevoked, unexpired tokens that expire within each of {@link
   *     #PERIODS}
   */
  public record KindTotals(Map<TokenStatus, Long> byStatus, Map<Duration, Long> expiring) {
    public KindTotals {
      byStatus = Map.copyOf(byStatus);
      expiring = Map.copyOf(expiring);
    }

    /**
     * Returns the totals of the given tokens at an instant. Used by stores that hold all tokens in
     * memory.
     */
    public static KindTotals of(Stream<? extends AccessToken> tokens, Instant now) {
      Map<TokenStatus, Long> byStatus = new EnumMap<>(TokenStatus.class);
      Arrays.stream(TokenStatus.values()).forEach(status -> byStatus.put(status, 0L));
      Map<Duration, Long> expiring = new HashMap<>();
      PERIODS.forEach(period -> expiring.put(period, 0L));
      tokens.forEach(
          token -> {
            TokenStatus status = token.statusAt(now);
            byStatus.merge(status, 1L, Long::sum);
            if (status.isLive()) {
              PERIODS.stream()
                  .filter(period -> token.expiresAt().isBefore(now.plus(period)))
                  .forEach(period -> expiring.merge(period, 1L, Long::sum));
            }
          });
      return new KindTotals(byStatus, expiring);
    }
  }
}
