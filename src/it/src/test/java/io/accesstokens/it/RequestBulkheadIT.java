package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.testing.time.RunningTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Tests more requests than threads while all of them wait for a database that hangs. */
class RequestBulkheadIT {

  private static final int CONCURRENT = 4;
  private static final int MANY = 60;

  /** Time limit of a health response, shorter than a request waits for the database. */
  private static final Duration HEALTHY = Duration.ofMillis(900);

  @Test
  void healthRespondsWhileAllRequestThreadsAreBusy() throws Exception {
    try (MariaDbServer server = MariaDbServer.create()) {
      server.start();
      TestDatabase database = server.newDatabase();
      WarProcess call =
          WarProcess.inNewFolder()
              .withDatabase(database)
              .withEnvironment("ACCESSTOKENS_REQUESTS_MAXCONCURRENT", "" + CONCURRENT);
      try (RunningApplication application = RunningApplication.start(call)) {
        ServiceTokens tokens = new ServiceTokens(application.api().as("alice"));
        tokens.create();
        application.api().get("/health/live").expect(200);
        List<Duration> times = new ArrayList<>();
        // Without a bulkhead, both attempts are slow.
        if (!isHealthy(server, application, times)) {
          assertTrue(
              isHealthy(server, application, times),
              () -> "a slot was free, or health was slow: " + times);
        }
        tokens.create(); // no bulkhead slot is lost
      }
    }
  }

  /**
   * Returns true if health responds in time while all requests wait. If the machine stops, the
   * requests can end before.
   *
   * @param times receives the response times
   */
  private static boolean isHealthy(
      MariaDbServer server, RunningApplication application, List<Duration> times) throws Exception {
    RunningTime running = RunningTime.start();
    times.clear();
    server.pause();
    CompletableFuture<List<ApiResult>> answers;
    CompletableFuture<List<ApiResult>> ready;
    boolean allWait;
    try {
      answers = callMany(() -> application.api().as("alice").post(PATH, good().json()));
      ready = callMany(() -> application.api().get("/health/ready"));
      // The queue is so long that it is not empty before the last health check.
      await("all slots are busy, or the requests have ended")
          .until(() -> waiting(application) >= MANY / 2 || answers.isDone());
      for (int i = 0; i < 10; i++) {
        long start = System.nanoTime();
        application.api().get("/health/live").expect(200);
        times.add(Duration.ofNanos(System.nanoTime() - start));
      }
      allWait = waiting(application) > 0;
      assertTrue(allWait || running.wasStopped(), "a slot is free");
    } finally {
      server.resume();
    }
    for (ApiResult answer : answers.get()) {
      answer.expectOneOf(201, 503);
    }
    for (ApiResult answer : ready.get()) {
      answer.expectOneOf(200, 503);
    }
    return allWait && times.stream().allMatch(time -> time.compareTo(HEALTHY) < 0);
  }

  /** Returns the number of requests that wait for a slot. */
  private static double waiting(RunningApplication application) {
    return Metrics.read(application.api().as("alice"))
        .value("access_tokens_queue_entries{queue=\"requests\"}");
  }

  private static CompletableFuture<List<ApiResult>> callMany(Supplier<ApiResult> call) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Parallel.run(MANY, i -> call.get());
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        task -> new Thread(task).start());
  }
}
