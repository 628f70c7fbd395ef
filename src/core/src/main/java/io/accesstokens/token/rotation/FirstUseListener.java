package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends the previous secret of a token after the first accepted use of the current secret, if the
 * rotation requested this. One daemon thread changes the store. Requests do not wait for this
 * change.
 *
 * <p>If a change fails, the thread tries again each second. Memory is bounded: at most {@value
 * #MAX_PENDING} ends of secrets are pending. Above this limit, the first use of a secret schedules
 * no end. A later use of the same secret can schedule the end.
 */
public final class FirstUseListener implements VerificationListener, AutoCloseable {

  private static final int MAX_PENDING = 10_000;
  private static final long RETRY_MILLIS = 1_000;
  private static final long IDLE_SECONDS = 5;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final Logger LOG = System.getLogger(FirstUseListener.class.getName());

  private final TokenStore store;
  private final TokenChangeService changes;
  private final Clock clock;
  private final UuidGenerator ids;
  private final Set<SecretId> pending = ConcurrentHashMap.newKeySet();
  private final LogLimit logLimit = new LogLimit(1);
  private final DaemonThreads threads = new DaemonThreads("access-tokens-first-use");
  private final ScheduledThreadPoolExecutor executor;
  private final Duration stopTimeout;

  /**
   * Creates a listener for the tokens of a store.
   *
   * @param changes changes the tokens of the store
   * @param clock the source of instants, which have whole milliseconds
   */
  public FirstUseListener(
      TokenStore store, TokenChangeService changes, Clock clock, UuidGenerator ids) {
    this(store, changes, clock, ids, STOP_TIMEOUT);
  }

  /**
   * Creates a listener with another timeout, for tests.
   *
   * @param stopTimeout the time for which {@link #close} waits for the pending ends
   */
  FirstUseListener(
      TokenStore store,
      TokenChangeService changes,
      Clock clock,
      UuidGenerator ids,
      Duration stopTimeout) {
    this.stopTimeout = stopTimeout;
    this.store = store;
    this.changes = changes;
    this.clock = clock;
    this.ids = ids;
    this.executor = new ScheduledThreadPoolExecutor(1, threads);
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public void accepted(Verification.Accepted accepted, ClientInfo client) {
    if (accepted.secret().endsPrevious()) {
      SecretId used = accepted.secret().id();
      if (pending.size() < MAX_PENDING && pending.add(used)) {
        schedule(used, accepted.isPersonal(), 0);
      }
    }
  }

  @Override
  public void refused(Verification.Refused refused, ClientInfo client) {
    // A refused use ends no secret.
  }

  private void schedule(SecretId used, boolean personal, long delayMillis) {
    try {
      var unused = executor.schedule(() -> end(used, personal), delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // Closed just now, or no memory. The next use, another process or the grace period ends the
      // secret.
      pending.remove(used);
    }
  }

  private void end(SecretId used, boolean personal) {
    try {
      if (personal) {
        store.personal().ifPresent(tokens -> end(tokens, used));
      } else {
        end(store, used);
      }
      pending.remove(used);
    } catch (RuntimeException | Error e) { // even after a temporary lack of memory
      schedule(used, personal, RETRY_MILLIS); // first, because the logger can fail too
      logLimit.log(
          LOG,
          Level.WARNING,
          "a previous secret is still valid, because its end could not be written; this is tried"
              + " again: "
              + e.getMessage());
    }
  }

  private <T extends AccessToken> void end(AccessTokenStore<T> tokens, SecretId used) {
    changes.endPreviousSecretWithoutWait(
        tokens,
        used.tokenId(),
        state -> PreviousSecretEnd.byFirstUse(state.token(), used.number(), clock.instant(), ids));
  }

  /**
   * Stops the thread. Waits up to five seconds for the pending ends of secrets, and then up to six
   * seconds for the end that is being written. A previous secret that is not ended by then stays
   * valid until its expiry, or until another process or a later use ends it.
   */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(stopTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
        // Without an interrupt, which can close an embedded H2 database.
        executor.getQueue().clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
