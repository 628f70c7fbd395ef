package io.accesstokens.faults;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Records the times at which the machine stopped this process, and with it all processes of a run.
 * The clocks go on during a stop, so leases and timeouts of undisturbed replicas end. All times are
 * values of {@link System#nanoTime()}. Safe for use by many threads.
 */
final class MachineStops {

  /** A longer time between two ticks is a stop. */
  private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long INTERVAL_MILLIS = 20;

  private record Stop(long from, long to) {}

  private final LongSupplier clock;
  private final List<Stop> stops = new CopyOnWriteArrayList<>();
  private volatile long tickedAt;

  /**
   * Creates a record without a thread. The caller must call {@link #tick} often.
   *
   * @param clock returns the time in nanoseconds
   */
  MachineStops(LongSupplier clock) {
    this.clock = clock;
    tickedAt = clock.getAsLong();
  }

  /** Returns a record in which the machine never stops. */
  static MachineStops none() {
    return new MachineStops(() -> 0);
  }

  /** Starts a thread that ticks until the JVM ends. */
  static MachineStops start() {
    MachineStops stops = new MachineStops(System::nanoTime);
    Thread thread = new Thread(stops::tickForever, "machine stops");
    thread.setDaemon(true);
    thread.start();
    return stops;
  }

  private void tickForever() {
    try {
      while (true) {
        Thread.sleep(INTERVAL_MILLIS); // the interval of the ticks
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Records a stop if the last tick was long ago. */
  void tick() {
    long now = clock.getAsLong();
    if (now - tickedAt > MAX_PAUSE_NANOS) {
      stops.add(new Stop(tickedAt, now));
    }
    tickedAt = now; // a thread that reads this time also finds the stop
  }

  /** Returns true if the machine was stopped at any time from one time to another. */
  boolean anyBetween(long from, long to) {
    long last = tickedAt;
    boolean hasJustEnded = clock.getAsLong() - last > MAX_PAUSE_NANOS && last - to <= 0;
    return hasJustEnded
        || stops.stream().anyMatch(stop -> stop.to() - from >= 0 && stop.from() - to <= 0);
  }

  /** Returns true if the machine was stopped at any time from that time until now. */
  boolean anySince(long from) {
    return anyBetween(from, clock.getAsLong());
  }

  /** Returns the time since a moment, or since the end of the latest stop if this is later. */
  long nanosSince(long moment) {
    long last = tickedAt;
    long now = clock.getAsLong();
    if (now - last > MAX_PAUSE_NANOS) {
      return 0; // the stop has just ended
    }
    long from = moment;
    for (Stop stop : stops) {
      from = stop.to() - from > 0 ? stop.to() : from;
    }
    return now - from;
  }
}
