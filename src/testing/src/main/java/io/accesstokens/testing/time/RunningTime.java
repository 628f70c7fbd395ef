package io.accesstokens.testing.time;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures for how long this process has run. A busy machine can stop all processes for some
 * seconds, while all clocks go on. Such a stop is not part of the time of this class.
 *
 * <p>A thread reads the clock every 50 milliseconds. If more than half a second passes between two
 * readings, the process was stopped. The stop then counts as half a second.
 */
public final class RunningTime {

  private static final long INTERVAL_MILLIS = 50;
  private static final long MAX_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static long lastNanos = System.nanoTime();
  private static long runningNanos;

  /** The end of the last stop, of {@link System#nanoTime()}. */
  private static long lastStopNanos = lastNanos;

  static {
    Thread reader = new Thread(RunningTime::readClock, "running time");
    reader.setDaemon(true);
    reader.start();
  }

  private final long startNanos;
  private final long startRunningNanos;

  private RunningTime(long startNanos, long startRunningNanos) {
    this.startNanos = startNanos;
    this.startRunningNanos = startRunningNanos;
  }

  private static void readClock() {
    try {
      while (true) {
        Thread.sleep(INTERVAL_MILLIS); // the interval of the readings
        step();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("no other thread interrupts this thread", e);
    }
  }

  private static synchronized void step() {
    long now = System.nanoTime();
    if (now - lastNanos > MAX_STEP_NANOS) {
      lastStopNanos = now;
    }
    runningNanos += Math.min(now - lastNanos, MAX_STEP_NANOS);
    lastNanos = now;
  }

  /** Starts a measurement. */
  public static RunningTime start() {
    synchronized (RunningTime.class) {
      step();
      return new RunningTime(lastNanos, runningNanos);
    }
  }

  /** Returns the time since the start without the stops of this process. */
  public Duration elapsed() {
    synchronized (RunningTime.class) {
      step();
      return Duration.ofNanos(runningNanos - startRunningNanos);
    }
  }

  /** Returns true if this process was stopped for more than half a second since the start. */
  public boolean wasStopped() {
    synchronized (RunningTime.class) {
      step();
      return lastStopNanos - startNanos > 0;
    }
  }
}
