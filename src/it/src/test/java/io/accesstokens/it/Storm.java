package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.RunningApplication;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Creates and revokes tokens as fast as possible until the application has ended. */
final class Storm {

  private static final int THREADS = 8;
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Api alice;
  private final Set<String> created = ConcurrentHashMap.newKeySet();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private final Set<String> unexpected = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();

  private Storm(RunningApplication application) {
    alice = application.api().as("alice");
  }

  /** Starts the storm. The application must be ready. */
  static Storm against(RunningApplication application) {
    Storm storm = new Storm(application);
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(storm::rage, "storm-" + i);
      storm.threads.add(thread);
      thread.start();
    }
    return storm;
  }

  /**
   * Waits until this number of tokens has been created.
   *
   * @throws AssertionError if it takes longer than a minute
   */
  void awaitCreated(int count) throws InterruptedException {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (created.size() < count) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the storm is a calm: " + created.size() + ", " + unexpected);
      }
      Thread.sleep(1);
    }
  }

  /** Waits until each thread has detected the end of the application. */
  void awaitEnd() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Returns the ids of tokens whose creation got a response. */
  Set<String> created() {
    return created;
  }

  /** Returns the ids of tokens whose revocation got a response. */
  Set<String> revoked() {
    return revoked;
  }

  /** Returns all other responses. */
  Set<String> unexpected() {
    return unexpected;
  }

  private void rage() {
    ServiceTokens tokens = new ServiceTokens(alice);
    try {
      while (true) {
        ApiResult made = tokens.tryCreate(good());
        if (made.status() != 201) {
          unexpected.add(made.toString());
          continue;
        }
        String id = made.json().getJsonObject("token").getString("id");
        created.add(id);
        if (id.hashCode() % 2 == 0) {
          ApiResult ended = tokens.tryRevoke(id);
          if (ended.status() == 204) {
            revoked.add(id);
          } else {
            unexpected.add(ended.toString());
          }
        }
      }
    } catch (UncheckedIOException e) {
      // The application has ended. The result of the last request is unknown.
    }
  }
}
