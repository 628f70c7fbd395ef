package io.accesstokens.token.usage;

import io.accesstokens.verify.DaemonThreads;
import java.lang.System.Logger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value that is expensive to read, because the store must read all tokens. A separate thread
 * reads the value and ends after each read. Requests need not wait for this thread. Instances are
 * thread-safe.
 *
 * <p>The minimum pause after a read is {@link #PAUSE} times as long as the read, but at most {@link
 * #MAX_PAUSE}, and at least {@code freshFor}. So reads of up to two minutes use one connection for
 * at most about a tenth of the time. A failed read keeps the previous value. A value is used for at
 * most {@link #MAX_AGE}.
 */
final class BackgroundRead<T> {

  private static final Logger LOG = System.getLogger(BackgroundRead.class.getName());

  /** The minimum pause after a read, as a multiple of the duration of the read. */
  private static final int PAUSE = 10;

  /**
   * Maximum pause. Without this limit, a change of the clock during a read could cause a very long
   * pause.
   */
  private static final Duration MAX_PAUSE = Duration.ofMinutes(20);

  /** The age from which a value is too old. */
  static final Duration MAX_AGE = Duration.ofHours(1);

  private final Function<Instant, T> reader;
  private final Clock clock;
  private final Duration freshFor;
  private final Semaphore slot;
  private final Runnable task;

  private volatile @Nullable Value<T> latest;
  private volatile boolean isRunning;
  private volatile Attempt attempt = new Attempt(Instant.MIN, Instant.MIN, false);

  /**
   * A value that was read.
   *
   * @param asOf the instant at which the read began
   * @param took the duration of the read
   */
  record Value<T>(T value, Instant asOf, Duration took) {}

  /**
   * The latest read, which can have failed.
   *
   * @param next the earliest time of the next read
   */
  private record Attempt(Instant start, Instant next, boolean failed) {}

  /**
   * Creates an instance without a value.
   *
   * @param name the name of the work in log lines
   * @param reader reads the value as of an instant
   * @param freshFor the minimum pause after a read
   * @param slot a permit that is held during a read. Instances with the same slot read one after
   *     the other.
   */
  BackgroundRead(
      String name, Function<Instant, T> reader, Clock clock, Duration freshFor, Semaphore slot) {
    this.reader = reader;
    this.clock = clock;
    this.freshFor = freshFor;
    this.slot = slot;
    this.task =
        DaemonThreads.repeatable(
            this::read, LOG, name, "so the overview has older numbers or none");
  }

  /** Returns the latest value; empty if there is none, or if it is not {@link #isRecent recent}. */
  Optional<Value<T>> latest() {
    Instant now = clock.instant();
    return Optional.ofNullable(latest).filter(value -> isRecent(value.asOf(), now));
  }

  /**
   * Returns true if a value is not too old. Returns false if {@code asOf} is in the future, because
   * the clock was then ahead at the read, and the age of the value is not known.
   *
   * @param asOf the instant at which the read of the value began
   */
  static boolean isRecent(Instant asOf, Instant now) {
    return !now.isBefore(asOf) && now.isBefore(asOf.plus(MAX_AGE));
  }

  /** Returns true while a thread reads the value. */
  boolean isRunning() {
    return isRunning;
  }

  /** Returns true if the latest read failed. */
  boolean hasFailed() {
    return attempt.failed();
  }

  /**
   * Returns the latest value as {@link #latest} does. First starts a read if the pause after the
   * last read is over and the slot is free.
   *
   * @param wait the maximum wait if this call starts a read. The call does not wait if there is a
   *     latest value whose read took longer than {@code wait}.
   */
  Optional<Value<T>> refreshed(Duration wait) {
    Optional<Value<T>> known = latest();
    CountDownLatch end = startRead();
    if (end == null || known.filter(value -> value.took().compareTo(wait) > 0).isPresent()) {
      return known;
    }
    try {
      boolean unused = end.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return latest();
  }

  /**
   * Starts a read, and returns a latch that opens at the end of the read; null if no read starts.
   */
  private @Nullable CountDownLatch startRead() {
    if (!isDue() || !slot.tryAcquire()) {
      return null;
    }
    boolean isStarted = false;
    try {
      if (!isDue()) { // after a read that ended meanwhile
        return null;
      }
      CountDownLatch end = new CountDownLatch(1);
      isRunning = true;
      new DaemonThreads("access-tokens-reports").newThread(() -> run(end)).start();
      isStarted = true;
      return end;
    } finally {
      if (!isStarted) {
        isRunning = false;
        slot.release();
      }
    }
  }

  private boolean isDue() {
    Instant now = clock.instant();
    return now.isBefore(attempt.start()) || !now.isBefore(attempt.next());
  }

  private void run(CountDownLatch end) {
    try {
      task.run();
    } finally {
      isRunning = false;
      slot.release();
      end.countDown();
    }
  }

  private void read() {
    Instant start = clock.instant();
    boolean failed = true;
    try {
      T value = reader.apply(start);
      latest = new Value<>(value, start, since(start));
      failed = false;
    } finally {
      attempt = new Attempt(start, clock.instant().plus(pause(since(start))), failed);
    }
  }

  private Duration pause(Duration read) {
    Duration pause = Collections.min(List.of(read.multipliedBy(PAUSE), MAX_PAUSE));
    return Collections.max(List.of(pause, freshFor));
  }

  private Duration since(Instant start) {
    Duration duration = Duration.between(start, clock.instant());
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
