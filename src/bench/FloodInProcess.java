import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the verification of a known token in process, first without other load and then during a
 * flood.
 *
 * <p>The flood verifies 20,000 unknown but well-formed tokens a second. Prints both medians in
 * nanoseconds, the rate, and the heap in use before and after, in MB.
 */
public final class FloodInProcess {

  private static final int TOKENS = 10_000;
  private static final int RATE = 20_000;

  /**
   * Number of verifications for each clock read, because a clock read costs as much as one of them.
   */
  private static final int BATCH = 32;

  private static final int BATCHES = 100_000;

  private final RawToken[] tokens = new RawToken[TOKENS];
  private final Map<TokenDigest, TokenFacts> stored = new HashMap<>();
  private final CachedTokenVerifier verifier =
      new CachedTokenVerifier(
          token -> Optional.ofNullable(stored.get(token.digest())),
          Lease.unlimited(MachineClock.SYSTEM),
          MachineClock.SYSTEM,
          new CachedTokenVerifier.Limits(
              Duration.ofHours(1), CachedTokenVerifier.Limits.USUAL_ENTRIES, 5));
  private final AtomicLong sent = new AtomicLong();

  /** Takes {@code SECONDS}, the duration of the flood. */
  public static void main(String[] arguments) throws Exception {
    FloodInProcess flood = new FloodInProcess();
    flood.fill();
    flood.median(Duration.ofSeconds(3)); // warm-up
    double quiet = flood.median(Duration.ofSeconds(5));
    long before = heap();
    AtomicBoolean over = new AtomicBoolean();
    Thread unknown = new Thread(() -> flood.sendUnknown(over), "unknown");
    long begun = System.nanoTime();
    unknown.start();
    double flooded = flood.median(Duration.ofSeconds(Integer.parseInt(arguments[0])));
    over.set(true);
    unknown.join();
    double rate = flood.sent.get() / ((System.nanoTime() - begun) / 1e9);
    System.out.printf("%.0f %.0f %.0f %d %d%n", quiet, flooded, rate, before, heap());
  }

  private void fill() {
    Random random = new Random(1);
    for (int i = 0; i < TOKENS; i++) {
      tokens[i] = RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, random);
      stored.put(
          tokens[i].digest(),
          new TokenFacts(
              new Verification.Accepted(
                  UUID.randomUUID(),
                  "service-token:group:default/platform:ci",
                  new EntityRef(EntityRef.GROUP, "default", "platform"),
                  List.of("catalog:read"),
                  Instant.now().plus(Duration.ofDays(1))),
              false));
      verifier.verify(tokens[i]);
    }
  }

  /** Returns the median time of one verification over the last batches of that period. */
  private double median(Duration length) {
    long[] times = new long[BATCHES];
    int next = 0;
    int batch = 0;
    long start = System.nanoTime();
    for (long now = start; now - start < length.toNanos(); batch++) {
      for (int i = 0; i < BATCH; i++) {
        next = (next + 7_919) % TOKENS;
        if (!(verifier.verify(tokens[next]) instanceof Verification.Accepted)) {
          throw new IllegalStateException("a known token was refused");
        }
      }
      long end = System.nanoTime();
      times[batch % BATCHES] = end - now;
      now = end;
    }
    long[] taken = Arrays.copyOf(times, Math.min(batch, BATCHES));
    Arrays.sort(taken);
    return (double) taken[taken.length / 2] / BATCH;
  }

  private void sendUnknown(AtomicBoolean over) {
    Random random = new Random(2);
    long start = System.nanoTime();
    while (!over.get()) {
      long due = (System.nanoTime() - start) * RATE / 1_000_000_000;
      while (sent.get() < due) {
        verifier.verify(RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, random));
        sent.incrementAndGet();
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }
}
