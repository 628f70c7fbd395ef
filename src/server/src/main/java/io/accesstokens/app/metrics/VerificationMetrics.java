package io.accesstokens.app.metrics;

import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts the verifications of tokens. Measures the duration of each verification that ends with a
 * verdict, and of each read of the change feed. Thread-safe.
 */
public final class VerificationMetrics {

  /** The interface at which a token was presented. */
  public enum Source {
    /** A raw token as the bearer credential of a request, including requests to {@code verify}. */
    BEARER,
    /** A token in an introspection request. */
    INTROSPECTION,
    /** A personal token that is exchanged for a short-lived token. */
    EXCHANGE,
    /** A short-lived token of this service as the bearer credential of a request. */
    JWT
  }

  private static final String NAME = "access.tokens.verifications";
  private static final String NO_REASON = "none";

  private final MeterRegistry registry;
  private final Clock clock;
  private final Timer duration;
  private final Timer pollSucceeded;
  private final Timer pollFailed;

  /** The counters of one source. All counters are created at startup. */
  private static final class Counters {
    private final Counter accepted;
    private final Counter unavailable;
    private final Map<Verification.Reason, Counter> refused =
        new EnumMap<>(Verification.Reason.class);

    Counters(MeterRegistry registry, Source source) {
      accepted = counter(registry, source, "accepted", NO_REASON);
      unavailable = counter(registry, source, "unavailable", NO_REASON);
      for (Verification.Reason reason : Verification.Reason.values()) {
        refused.put(reason, counter(registry, source, "refused", label(reason)));
      }
    }

    void refused(Verification.Reason reason) {
      Objects.requireNonNull(refused.get(reason)).increment();
    }

    private static Counter counter(
        MeterRegistry registry, Source source, String outcome, String reason) {
      return Counter.builder(NAME)
          .description("Verifications of tokens")
          .tag("source", label(source))
          .tag("outcome", outcome)
          .tag("reason", reason)
          .register(registry);
    }
  }

  private final Map<Source, Counters> sources = new EnumMap<>(Source.class);

  VerificationMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.clock = registry.config().clock();
    for (Source source : Source.values()) {
      sources.put(source, new Counters(registry, source));
    }
    duration =
        Timer.builder("access.tokens.verification")
            .description(
                "Duration of verifications of well-formed tokens that ended with a verdict")
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(1))
            .register(registry);
    pollSucceeded = poll("succeeded");
    pollFailed = poll("failed");
  }

  private Timer poll(String outcome) {
    return Timer.builder("access.tokens.feed.poll")
        .description("Duration of reads of the change feed")
        .tag("outcome", outcome)
        .register(registry);
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns a listener that counts the verdicts of one source, and passes each verdict to {@code
   * next}.
   */
  public VerificationListener counting(Source source, VerificationListener next) {
    Counters counters = Objects.requireNonNull(sources.get(source));
    VerificationListener counting =
        new VerificationListener() {
          @Override
          public void accepted(Verification.Accepted accepted, ClientInfo client) {
            counters.accepted.increment();
          }

          @Override
          public void refused(Verification.Refused refused, ClientInfo client) {
            counters.refused(refused.reason());
          }

          @Override
          public void unavailable(ClientInfo client) {
            counters.unavailable.increment();
          }
        };
    return counting.and(next);
  }

  /**
   * Returns a verifier that measures the duration of each verification that ends with a verdict.
   * Failed verifications during an outage of the store are not measured. The series {@code
   * outcome="unavailable"} counts these failed verifications.
   */
  public TokenVerifier timing(TokenVerifier verifier) {
    return new TokenVerifier() {
      @Override
      public Verification verify(RawToken token) {
        long begun = clock.monotonicTime();
        Verification verdict = verifier.verify(token);
        record(begun);
        return verdict;
      }

      @Override
      public Verification verify(RawToken token, ChangeFeed.Position noOlderThan) {
        return timed(() -> verifier.verify(token, noOlderThan));
      }

      @Override
      public Verification verifyInStore(RawToken token) {
        return timed(() -> verifier.verifyInStore(token));
      }

      private Verification timed(Supplier<Verification> verification) {
        long begun = clock.monotonicTime();
        Verification verdict = verification.get();
        record(begun);
        return verdict;
      }

      private void record(long begun) {
        duration.record(clock.monotonicTime() - begun, TimeUnit.NANOSECONDS);
      }
    };
  }

  /** Returns a feed that measures the duration of each read. */
  public ChangeFeed timing(ChangeFeed feed) {
    return new ChangeFeed() {
      @Override
      public Page read(@Nullable Position after) {
        long begun = clock.monotonicTime();
        Timer outcome = pollFailed;
        try {
          Page page = feed.read(after);
          outcome = pollSucceeded;
          return page;
        } finally {
          outcome.record(clock.monotonicTime() - begun, TimeUnit.NANOSECONDS);
        }
      }

      @Override
      public void close() {
        feed.close();
      }
    };
  }

  /** Publishes the metrics of the verdict cache, with the names that Micrometer uses for caches. */
  public void cache(CachedTokenVerifier cache) {
    gets(cache, "hit", verifier -> verifier.statistics().hits());
    gets(cache, "miss", verifier -> verifier.statistics().misses());
    ServerMetrics.gauge("cache.size", "Entries in a cache", () -> cache.statistics().entries())
        .tag("cache", "verdicts")
        .register(registry);
  }

  private void gets(
      CachedTokenVerifier cache, String result, ToLongFunction<CachedTokenVerifier> count) {
    FunctionCounter.builder("cache.gets", cache, count::applyAsLong)
        .description("Look-ups in a cache")
        .tag("cache", "verdicts")
        .tag("result", result)
        .register(registry);
  }
}
