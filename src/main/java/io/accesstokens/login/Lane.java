package io.accesstokens.login;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets a few threads work at a time, lets a few more wait, first come first served and not for
 * long, and turns the rest away at once: a flood occupies that many of the server's threads and no
 * more.
 */
public final class Lane {

  private final Semaphore working;
  private final Semaphore waiting;
  private final Duration patience;

  /**
   * @param mayWork how many work at a time
   * @param mayWait how many more wait for that
   * @param patience how long each waits
   */
  public Lane(int mayWork, int mayWait, Duration patience) {
    this.working = new Semaphore(mayWork, true);
    this.waiting = new Semaphore(mayWait);
    this.patience = patience;
  }

  /**
   * Does the work in the caller's thread when it is its turn.
   *
   * @throws SignInUnavailable if its turn does not come
   */
  public <T> T run(Supplier<T> work) {
    enter();
    try {
      return work.get();
    } finally {
      working.release();
    }
  }

  private void enter() {
    try {
      // With a time, if only of zero: without one it would overtake those who wait.
      if (working.tryAcquire(0, TimeUnit.NANOSECONDS)) {
        return;
      }
      if (!waiting.tryAcquire()) {
        throw new SignInUnavailable("too many sign-ins wait to be checked");
      }
      try {
        if (!working.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new SignInUnavailable("too many sign-ins are being checked");
        }
      } finally {
        waiting.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SignInUnavailable("the server is stopping");
    }
  }
}
