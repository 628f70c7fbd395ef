package io.accesstokens.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The numbers of all tokens at one instant, by kind. Counting stops at a limit, so that its cost
 * does not grow with the number of tokens.
 */
public record TokenTotals(OfKind service, OfKind personal) {

  /**
   * The periods for which {@link OfKind#expiring} counts tokens, shortest first. The windows of the
   * status {@link TokenStatus#EXPIRING} are among them.
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
  public record OfKind(Map<TokenStatus, Long> byStatus, Map<Duration, Long> expiring) {
    public OfKind {
      byStatus = Map.copyOf(byStatus);
      expiring = Map.copyOf(expiring);
    }

    /** Counts tokens that are all in memory. */
    public static OfKind of(Stream<? extends AccessToken> tokens, Instant now) {
      long[] status = new long[TokenStatus.values().length];
      long[] within = new long[PERIODS.size()];
      tokens.forEach(
          token -> {
            TokenStatus current = token.statusAt(now);
            status[current.ordinal()]++;
            if (current == TokenStatus.ACTIVE || current == TokenStatus.EXPIRING) {
              for (int i = 0; i < within.length; i++) {
                within[i] += token.expiresAt().isBefore(now.plus(PERIODS.get(i))) ? 1 : 0;
              }
            }
          });
      return new OfKind(
          Map.of(
              TokenStatus.ACTIVE, status[TokenStatus.ACTIVE.ordinal()],
              TokenStatus.EXPIRING, status[TokenStatus.EXPIRING.ordinal()],
              TokenStatus.EXPIRED, status[TokenStatus.EXPIRED.ordinal()],
              TokenStatus.REVOKED, status[TokenStatus.REVOKED.ordinal()]),
          Map.of(PERIODS.get(0), within[0], PERIODS.get(1), within[1], PERIODS.get(2), within[2]));
    }
  }
}
