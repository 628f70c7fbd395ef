package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hibernate.StatelessSession;

/**
 * Counts all tokens by status, and expiring tokens by period. Each count reads one range of an
 * index and stops at a limit. Therefore, the cost does not grow with the number of tokens.
 */
public final class TokenTotalsQuery {

  private static final String SERVICE = "service_access_tokens t";
  private static final String SERVICE_INDEX = "service_access_tokens_due";
  private static final String PERSONAL = "personal_access_tokens t";
  private static final String PERSONAL_INDEX = "personal_access_tokens_expiry";

  private final StringBuilder sql = new StringBuilder();
  private final List<Object> parameters = new ArrayList<>();
  private final int atMost;
  private final Duration window;

  private TokenTotalsQuery(int atMost, Duration window) {
    this.atMost = atMost;
    this.window = window;
  }

  /**
   * Counts service tokens and personal tokens.
   *
   * @param at the instant at which statuses are computed
   * @param atMost the number of tokens at which a count stops, at least 1
   */
  public static TokenTotals read(
      StatelessSession session, DatabaseKind databaseKind, Instant at, int atMost) {
    String service = SERVICE + databaseKind.indexHint(SERVICE_INDEX) + " where t.list_status = ";
    List<String> unrevoked = ListBranch.UNREVOKED.stream().map(stage -> service + stage).toList();
    String personal = PERSONAL + databaseKind.indexHint(PERSONAL_INDEX) + " where t.unrevoked ";
    return new TokenTotals(
        new TokenTotalsQuery(atMost, ServiceToken.EXPIRING_WINDOW)
            .read(session, service + StatusColumn.REVOKED, unrevoked, at),
        new TokenTotalsQuery(atMost, PersonalToken.EXPIRING_WINDOW)
            .read(session, personal + "is null", List.of(personal + "= true"), at));
  }

  private TokenTotals.KindTotals read(
      StatelessSession session, String revoked, List<String> unrevoked, Instant at) {
    // The ends of the ranges of expires_at: now, and the end of each period.
    List<LocalDateTime> ends = new ArrayList<>(List.of(InstantConverter.column(at)));
    TokenTotals.PERIODS.forEach(period -> ends.add(InstantConverter.column(at.plus(period))));
    count(-1, revoked);
    for (String tokens : unrevoked) {
      count(0, tokens + " and t.expires_at <= ?", ends.get(0));
      for (int i = 1; i < ends.size(); i++) {
        String begin = i == 1 ? " and t.expires_at > ?" : " and t.expires_at >= ?";
        count(i, tokens + begin + " and t.expires_at < ?", ends.get(i - 1), ends.get(i));
      }
      count(ends.size(), tokens + " and t.expires_at >= ?", ends.get(ends.size() - 1));
    }
    Map<Integer, Long> ranges = new HashMap<>();
    for (Object[] row :
        TokenListing.bound(session.createNativeQuery(sql.toString(), Object[].class), parameters)
            .getResultList()) {
      ranges.merge(number(row[0]).intValue(), number(row[1]).longValue(), Long::sum);
    }
    return totals(ranges);
  }

  /**
   * Appends a query that counts the tokens of one range of expiries, or the revoked tokens. The
   * result is one row with the number {@code range} and the count, at most {@link #atMost}.
   */
  private void count(int range, String tokens, Object... values) {
    sql.append(sql.isEmpty() ? "" : " union all ")
        .append("select ")
        .append(range)
        .append(" as part, count(*) as tokens from (select 1 as one from ")
        .append(tokens)
        // The limit is not a parameter. TokenListing explains why.
        .append(" limit ")
        .append(atMost)
        .append(") c");
    parameters.addAll(List.of(values));
  }

  private TokenTotals.KindTotals totals(Map<Integer, Long> ranges) {
    Map<Duration, Long> expiring = new HashMap<>();
    long within = 0;
    long active = bounded(ranges, TokenTotals.PERIODS.size() + 1);
    for (int i = 0; i < TokenTotals.PERIODS.size(); i++) {
      long range = bounded(ranges, i + 1);
      within += range;
      active += TokenTotals.PERIODS.get(i).compareTo(window) > 0 ? range : 0;
      expiring.put(TokenTotals.PERIODS.get(i), Math.min(within, atMost));
    }
    return new TokenTotals.KindTotals(
        Map.of(
            TokenStatus.REVOKED, bounded(ranges, -1),
            TokenStatus.EXPIRED, bounded(ranges, 0),
            TokenStatus.EXPIRING, Objects.requireNonNull(expiring.get(window)),
            TokenStatus.ACTIVE, Math.min(active, atMost)),
        expiring);
  }

  private long bounded(Map<Integer, Long> ranges, int range) {
    return Math.min(ranges.getOrDefault(range, 0L), atMost);
  }

  private static Number number(Object column) {
    return (Number) column;
  }
}
