package io.accesstokens.verify.limit;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts the requests of tokens in the last {@value #SECONDS} seconds. Use this class only for
 * tokens with a maximum number of requests.
 *
 * <p>A token has one counter for each of the last {@value #SECONDS} seconds. With one counter for
 * each minute, a client could use twice the maximum at the boundary of two minutes. Memory is
 * bounded: at most {@value #MAX_TOKENS} tokens are counted. If more tokens are used in one minute,
 * the counts of some tokens start again at zero. This class is thread-safe.
 */
public final class RequestRates {

  /** Length of the time span in which requests are counted, in seconds. */
  static final int SECONDS = 60;

  /**
   * Maximum number of tokens whose requests are counted. Each token needs about 400 bytes of
   * memory.
   */
  static final int MAX_TOKENS = 50_000;

  private final LongSupplier nanoTime;
  private final LoadingCache<UUID, Window> windows;

  /**
   * Creates counters that are zero. Use one instance for all requests of an application, because
   * two instances count separately.
   */
  public RequestRates() {
    this(System::nanoTime);
  }

  RequestRates(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.windows =
        Caffeine.newBuilder()
            .maximumSize(MAX_TOKENS)
            .expireAfterAccess(Duration.ofSeconds(SECONDS + 1L))
            .ticker(nanoTime::getAsLong)
            .build(token -> new Window());
  }

  /**
   * Admits and counts a request of a token, unless the token has reached its maximum.
   *
   * @param token the id of the token
   * @param maximum the maximum number of requests in {@value #SECONDS} seconds, at least 1; it can
   *     differ from call to call
   * @return 0 if the request is admitted; otherwise the number of seconds until a request can be
   *     admitted again, 1 to {@value #SECONDS}
   */
  public int tryAcquire(UUID token, int maximum) {
    long second = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
    return windows.get(token).tryAcquire(second, maximum);
  }

  /** The requests of one token in the last {@value #SECONDS} seconds. */
  private static final class Window {

    private final int[] counts = new int[SECONDS];
    private long latest = Long.MIN_VALUE;
    private int sum;

    synchronized int tryAcquire(long second, int maximum) {
      // Another thread can have read the clock later and counted first.
      long now = Math.max(second, latest);
      forget(now);
      if (sum < maximum) {
        counts[slot(now)]++;
        sum++;
        return 0;
      }
      return untilBelow(maximum, now);
    }

    /**
     * Sets the counters of all seconds after {@link #latest}, up to and including {@code now}, to
     * zero.
     */
    private void forget(long now) {
      if (latest == Long.MIN_VALUE) {
        latest = now;
      }
      long passed = Math.min(now - latest, SECONDS);
      for (long i = 1; i <= passed; i++) {
        int slot = slot(latest + i);
        sum -= counts[slot];
        counts[slot] = 0;
      }
      latest = now;
    }

    private int untilBelow(int maximum, long now) {
      int left = sum;
      for (int wait = 1; wait < SECONDS; wait++) {
        left -= counts[slot(now + wait)];
        if (left < maximum) {
          return wait;
        }
      }
      return SECONDS;
    }

    private static int slot(long second) {
      return (int) Math.floorMod(second, (long) SECONDS);
    }
  }
}
