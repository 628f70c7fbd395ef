package io.accesstokens.token.rotation;

import io.accesstokens.token.revocation.TokenChangeService.RotationSteps;
import io.accesstokens.token.store.IdempotencyKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Orders concurrent rotations with the same idempotency key in this process. One lock protects two
 * steps: the commit of a rotation, and the sending of its response. Before a response is sent, the
 * new secret is checked under the same lock. Therefore, the last response has the valid secret.
 *
 * <p>A slow client can block the sending of a response. Therefore, a thread waits at most {@value
 * #MAX_WAIT_MILLIS} milliseconds for a lock, and then continues without it. A thread holds no lock
 * while it waits until a change is final. Thread-safe.
 */
final class IdempotencyLocks {

  private static final int LOCKS = 64;
  private static final long MAX_WAIT_MILLIS = 1_000;

  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  IdempotencyLocks() {
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /**
   * Returns the steps of one rotation: the commit and the response.
   *
   * @param check checks that the new secret is still valid, and throws an exception if it is not
   */
  RotationSteps of(IdempotencyKey key, Runnable check) {
    ReentrantLock lock = locks[Math.floorMod(key.hashCode(), LOCKS)];
    return new RotationSteps() {
      @Override
      public <R> R commit(Supplier<R> change) {
        return locked(lock, change);
      }

      @Override
      public void send(Runnable response) {
        var unused =
            locked(
                lock,
                () -> {
                  check.run();
                  response.run();
                  return true;
                });
      }
    };
  }

  private static <R> R locked(ReentrantLock lock, Supplier<R> work) {
    boolean locked = false;
    try {
      locked = lock.tryLock(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      return work.get();
    } finally {
      if (locked) {
        lock.unlock();
      }
    }
  }
}
