package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * Users and tokens that send requests continuously while the application is redeployed.
 *
 * <p>Each request that creates a token has its own connection. On a connection of an earlier
 * request, the client could not tell a closed idle connection from a request that was interrupted.
 * It repeats a GET request, but not a POST request.
 */
final class Load implements AutoCloseable {

  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final List<Future<?>> running = new ArrayList<>();
  private final Queue<ApiResult> failed = new ConcurrentLinkedQueue<>();
  private final Queue<TestToken> made = new ConcurrentLinkedQueue<>();
  private final AtomicInteger served = new AtomicInteger();
  private volatile boolean ending;

  private Load() {}

  /**
   * Starts the load.
   *
   * @param rawToken a valid token
   */
  static Load on(RunningApplication application, String rawToken) {
    Load load = new Load();
    ServiceTokens alice = new ServiceTokens(application.api().as("alice").withNewConnections());
    Api bob = application.api().as("bob");
    Api machine = application.api().bearer(rawToken);
    load.repeat(() -> load.create(alice));
    load.repeat(() -> load.note(bob.get(ServiceTokens.PATH + "?limit=5")));
    load.repeat(() -> load.note(machine.get(ServiceTokens.WHOAMI)));
    return load;
  }

  private void repeat(Runnable one) {
    running.add(
        threads.submit(
            () -> {
              while (!ending) {
                one.run();
                pause();
              }
            }));
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void create(ServiceTokens alice) {
    ApiResult answer = alice.tryCreate(good());
    note(answer);
    if (answer.status() == 201) {
      made.add(
          new TestToken(answer.json().getJsonObject("token"), answer.json().getString("rawToken")));
    }
  }

  private void note(ApiResult answer) {
    if (answer.status() == 200 || answer.status() == 201) {
      served.incrementAndGet();
    } else {
      failed.add(answer);
    }
  }

  /** Waits until some more requests have succeeded. */
  void awaitService() throws InterruptedException {
    int enough = served.get() + 20;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (served.get() < enough) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nothing is served: " + failed);
      }
      Thread.sleep(20);
    }
  }

  /**
   * Waits until Tomcat has responded with 404, because it sends no more requests to the
   * application.
   */
  void awaitUndeployment() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> failed.stream().anyMatch(answer -> answer.status() == 404));
  }

  /** Waits for the last requests, and throws if one of them failed with an exception. */
  void finish() throws Exception {
    ending = true;
    for (Future<?> one : running) {
      one.get(60, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    ending = true;
    threads.shutdownNow();
  }

  /** Returns all responses except 200 and 201. */
  List<ApiResult> failed() {
    return List.copyOf(failed);
  }

  /** Returns the created tokens. */
  List<TestToken> made() {
    return List.copyOf(made);
  }
}
