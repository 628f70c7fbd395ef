package io.accesstokens.app.metrics;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenTotals;
import io.accesstokens.token.store.ReportStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the numbers of tokens. A job counts the tokens once a minute. A scrape reads only the
 * result of the last count, and never accesses the store. Thread-safe.
 */
public final class TokenMetrics {

  /** The interval between two counts, in seconds. */
  public static final int REFRESH_SECONDS = 60;

  /**
   * The maximum result of a count, for each kind and status. The maximum limits the cost of a count
   * in a large store. Almost all installations have fewer tokens, and therefore exact counts.
   */
  static final int MAX_COUNT = 100_000;

  private static final Logger LOG = System.getLogger(TokenMetrics.class.getName());

  private final ReportStore store;
  private final Clock clock;
  private volatile @Nullable TokenTotals totals;

  /**
   * Counts the tokens, and creates the time series of the counts. If the store cannot be reached,
   * the values are NaN until {@link #refresh} succeeds.
   */
  public TokenMetrics(ReportStore store, Clock clock, MeterRegistry registry) {
    this.store = store;
    this.clock = clock;
    try {
      refresh();
    } catch (StoreUnavailableException e) {
      LOG.log(Level.WARNING, "the tokens cannot be counted yet: {0}", e.getMessage());
    }
    for (Map.Entry<String, Function<TokenTotals, TokenTotals.KindTotals>> kind :
        Map.<String, Function<TokenTotals, TokenTotals.KindTotals>>of(
                "service", TokenTotals::service, "personal", TokenTotals::personal)
            .entrySet()) {
      for (TokenStatus status : TokenStatus.values()) {
        ServerMetrics.gauge(
                "access.tokens.tokens",
                "Tokens by kind and status, counted once a minute up to " + MAX_COUNT,
                () -> value(known -> count(kind.getValue().apply(known), status)))
            .tag("kind", kind.getKey())
            .tag("status", status.text())
            .register(registry);
      }
    }
    for (Duration period : TokenTotals.PERIODS) {
      ServerMetrics.gauge(
              "access.tokens.expiring",
              "Valid tokens that expire within a period, counted once a minute up to " + MAX_COUNT,
              () ->
                  value(
                      known -> within(known.service(), period) + within(known.personal(), period)))
          .tag("within", period.toDays() + "d")
          .register(registry);
    }
  }

  private double value(ToLongFunction<TokenTotals> reading) {
    TokenTotals known = totals;
    return known == null ? Double.NaN : reading.applyAsLong(known);
  }

  private static long count(TokenTotals.KindTotals kind, TokenStatus status) {
    return kind.byStatus().getOrDefault(status, 0L);
  }

  private static long within(TokenTotals.KindTotals kind, Duration period) {
    return kind.expiring().getOrDefault(period, 0L);
  }

  /**
   * Counts the tokens again.
   *
   * @throws io.accesstokens.token.StoreUnavailableException if the store cannot be reached; in this
   *     case, the metrics keep the last result
   */
  public final void refresh() {
    totals = store.totals(clock.instant(), MAX_COUNT);
  }
}
