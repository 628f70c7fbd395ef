package io.accesstokens.testing;

import java.time.Duration;

/**
 * Repeats a call that fails because the machine has stopped this process. Meanwhile, a timeout of a
 * database can pass that the call does not exceed otherwise.
 */
public final class MachineStop {

  /** Minimum duration of a stop after which a failed call is repeated. */
  private static final Duration SHORTEST = Duration.ofMillis(200);

  private static final long TICK_MILLIS = 10;

  private MachineStop() {}

  /**
   * A call that can be repeated.
   *
   * @param <E> the checked exception of the call
   */
  @FunctionalInterface
  public interface Call<E extends Exception> {
    void run() throws E;
  }

  /**
   * Runs a call. If the call fails, and the machine has stopped this process during the call,
   * repeats the call once. The failure of a call without a stop is thrown immediately.
   *
   * @param call the call; can run again after a failure at any place
   */
  public static <E extends Exception> void tolerate(Call<E> call) throws E {
    Throwable failure;
    try (Watch watch = new Watch()) {
      try {
        call.run();
        return;
      } catch (Throwable e) {
        if (!watch.hasSeenAStop()) {
          throw e;
        }
        failure = e;
      }
    }
    try {
      call.run();
    } catch (Throwable e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  /** Measures how late a thread continues after short sleeps. */
  private static final class Watch implements AutoCloseable {

    private final Thread thread = new Thread(this::run, "watch for stops of the machine");
    private volatile long lastTick = System.nanoTime();
    private volatile long longest;
    private volatile boolean closed;

    Watch() {
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      while (!closed) {
        try {
          Thread.sleep(TICK_MILLIS);
        } catch (InterruptedException e) {
          return;
        }
        long now = System.nanoTime();
        longest = Math.max(longest, now - lastTick);
        lastTick = now;
      }
    }

    /**
     * Returns true after a stop. The thread of this watch may not have continued since the stop.
     */
    boolean hasSeenAStop() {
      long sinceTick = System.nanoTime() - lastTick;
      return Math.max(longest, sinceTick) >= SHORTEST.toNanos();
    }

    @Override
    public void close() {
      closed = true;
      thread.interrupt();
    }
  }
}
