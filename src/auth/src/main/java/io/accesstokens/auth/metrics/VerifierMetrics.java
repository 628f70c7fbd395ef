package io.accesstokens.auth.metrics;

import io.accesstokens.auth.RemoteListener;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Publishes the metrics of a {@link RemoteTokenVerifier} in the Micrometer registry of an
 * application. Register one instance in both places:
 *
 * <ul>
 *   <li>{@link RemoteTokenVerifier.Builder#listener}, for the requests to the service;
 *   <li>{@code AccessTokensFeature.Builder.listener}, for the verdicts.
 * </ul>
 *
 * <p>The metrics have the names of the service's own metrics:
 *
 * <ul>
 *   <li>{@code access.tokens.verifications}: verdicts, with the tags {@code source} (always {@code
 *       remote}), {@code outcome} and {@code reason};
 *   <li>{@code access.tokens.introspections}: the duration of introspections, with the tag {@code
 *       outcome} ({@code answered} or {@code failed}). Other verifications used the cache, or
 *       failed without a request;
 *   <li>{@code access.tokens.feed.poll}: the duration of reads of the change feed, with the tag
 *       {@code outcome} ({@code succeeded} or {@code failed});
 *   <li>{@code access.tokens.lease.remaining}: seconds until the cache may no longer be used.
 * </ul>
 *
 * <p>No tag contains the name of a token, user or group. This class is thread-safe.
 */
public final class VerifierMetrics implements RemoteListener, VerificationListener {

  private static final double NANOS = 1e9;
  private static final String OUTCOME = "outcome";

  private final LongSupplier nanoTime;
  private final Counter accepted;
  private final Counter unavailable;
  private final Map<Verification.Reason, Counter> refused =
      new EnumMap<>(Verification.Reason.class);
  private final Timer answered;
  private final Timer notAnswered;
  private final Timer polled;
  private final Timer notPolled;

  /** The end of the lease, in nanoseconds of the monotonic clock. */
  private volatile long leaseEnd;

  /**
   * Creates all time series.
   *
   * @param registry the registry of the application
   * @param tags tags of all series, for an application with several verifiers
   */
  public VerifierMetrics(MeterRegistry registry, Tag... tags) {
    this(registry, System::nanoTime, Tags.of(tags));
  }

  VerifierMetrics(MeterRegistry registry, LongSupplier nanoTime, Tags tags) {
    this.nanoTime = nanoTime;
    this.leaseEnd = nanoTime.getAsLong();
    accepted = counter(registry, tags, "accepted", "none");
    unavailable = counter(registry, tags, "unavailable", "none");
    for (Verification.Reason reason : Verification.Reason.values()) {
      refused.put(
          reason, counter(registry, tags, "refused", reason.name().toLowerCase(Locale.ROOT)));
    }
    String introspections = "access.tokens.introspections";
    String requests = "Duration of introspections at the token service";
    answered = timer(registry, tags, introspections, requests, "answered");
    notAnswered = timer(registry, tags, introspections, requests, "failed");
    String polls = "access.tokens.feed.poll";
    String reads = "Duration of reads of the change feed";
    polled = timer(registry, tags, polls, reads, "succeeded");
    notPolled = timer(registry, tags, polls, reads, "failed");
    Gauge.builder("access.tokens.lease.remaining", this, VerifierMetrics::remainingSeconds)
        .description("Time for which cached verdicts may be used without a read of the change feed")
        .baseUnit("seconds")
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, Tags tags, String outcome, String reason) {
    return Counter.builder("access.tokens.verifications")
        .description("Verifications of tokens")
        .tags(tags.and("source", "remote", OUTCOME, outcome, "reason", reason))
        .register(registry);
  }

  private static Timer timer(
      MeterRegistry registry, Tags tags, String name, String description, String outcome) {
    return Timer.builder(name)
        .description(description)
        .tags(tags.and(OUTCOME, outcome))
        .register(registry);
  }

  private double remainingSeconds() {
    return Math.max(0, leaseEnd - nanoTime.getAsLong()) / NANOS;
  }

  @Override
  public void introspected(Duration took, boolean valid) {
    (valid ? answered : notAnswered).record(took);
  }

  @Override
  public void polled(Duration took, Duration lease) {
    polled.record(took);
    // The lease counts from the start of the request.
    leaseEnd = nanoTime.getAsLong() - took.toNanos() + lease.toNanos();
  }

  @Override
  public void pollFailed(Duration took) {
    notPolled.record(took);
  }

  @Override
  public void accepted(Verification.Accepted verdict, ClientInfo client) {
    accepted.increment();
  }

  @Override
  public void refused(Verification.Refused verdict, ClientInfo client) {
    Objects.requireNonNull(refused.get(verdict.reason())).increment();
  }

  @Override
  public void unavailable(ClientInfo client) {
    unavailable.increment();
  }
}
