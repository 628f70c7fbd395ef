package io.accesstokens.bench;

import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.metrics.VerificationMetrics.Source;
import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.TokenLookup;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the verification of cached tokens among 100,000 live ones, with a renewed lease. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 8, time = 2)
public class CheckBenchmark {

  private static final int TOKENS = 100_000;

  private final RawToken[] tokens = new RawToken[TOKENS];
  private final byte[][] bytes = new byte[TOKENS][];
  private final ConcurrentHashMap<Key, Verification> map = new ConcurrentHashMap<>();
  private MessageDigest sha256;
  private CachedTokenVerifier verifier;
  private FeedFollower follower;
  private final ServerMetrics metrics = new ServerMetrics("bench");
  private final Verification.Accepted accepted = accepted();
  private final TokenVerifier measured = metrics.verifications().timing(token -> accepted);
  private final VerificationListener listener =
      metrics.verifications().counting(Source.BEARER, VerificationListener.NO_OP);
  private int next;

  @Setup
  public void fill() throws Exception {
    sha256 = MessageDigest.getInstance("SHA-256");
    Lease lease =
        new Lease(Lease.Durations.of(Duration.ofMillis(500), Duration.ZERO), MachineClock.SYSTEM);
    TokenLookup lookup = token -> Optional.of(new TokenFacts(accepted(), false));
    verifier =
        new CachedTokenVerifier(
            lookup,
            lease,
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(
                Duration.ofHours(1), CachedTokenVerifier.Limits.USUAL_ENTRIES, 4));
    follower = new FeedFollower(new QuietFeed(), lease, verifier, MachineClock.SYSTEM).start();
    Random random = new Random(1);
    for (int i = 0; i < TOKENS; i++) {
      tokens[i] = RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, random);
      bytes[i] = tokens[i].reveal().getBytes(StandardCharsets.US_ASCII);
      map.put(new Key(sha256.digest(bytes[i])), accepted());
      verifier.verify(tokens[i]);
    }
  }

  @TearDown
  public void end() {
    follower.close();
  }

  /** Wraps a digest as the cheapest possible map key. */
  private static final class Key {
    private final byte[] digest;

    Key(byte[] digest) {
      this.digest = digest;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(digest, key.digest);
    }

    @Override
    public int hashCode() {
      return digest[0] << 24 | (digest[1] & 0xFF) << 16 | (digest[2] & 0xFF) << 8 | digest[3] & 0xFF;
    }
  }

  /** Reports no changes and renews the lease. */
  private static final class QuietFeed implements ChangeFeed {

    @Override
    public Page read(Position after) {
      return new Page(
          0, Optional.empty(), List.of(), true, "bench", Instant.now(), Duration.ofMillis(500),
          Optional.empty());
    }

    @Override
    public void close() {}
  }

  private static Verification.Accepted accepted() {
    return new Verification.Accepted(
        UUID.randomUUID(),
        "service-token:group:default/platform:ci",
        new EntityRef(EntityRef.GROUP, "default", "platform"),
        List.of("catalog:read"),
        Instant.now().plus(Duration.ofDays(1)));
  }

  /**
   * Returns the next index. The stride is coprime to the number of tokens, so that CPU caches help
   * neither benchmark.
   */
  private int next() {
    next = (next + 7_919) % TOKENS;
    return next;
  }

  @Benchmark
  public Verification baseline() {
    return map.get(new Key(sha256.digest(bytes[next()])));
  }

  /** Measures all that the metrics add to one request with a token: two timers and a counter. */
  @Benchmark
  public Verification metrics() {
    long begun = metrics.http().nanoTime();
    Verification verdict = measured.verify(tokens[0]);
    listener.accepted(accepted, ClientInfo.UNKNOWN);
    metrics.http().record(
        "/api/access-tokens/verify", "GET", 200, metrics.http().nanoTime() - begun);
    return verdict;
  }

  @Benchmark
  public Verification verify() {
    return verifier.verify(tokens[next()]);
  }
}
