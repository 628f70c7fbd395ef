package io.accesstokens.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.fuzz.ApiFuzzer;
import io.accesstokens.testing.fuzz.FuzzCallers;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests that the application and its OpenAPI document agree for any request. The document must
 * declare status, media type, headers and body of each response to an operation.
 *
 * <p>{@code -Dfuzz.seed=…} repeats a run, {@code -Dfuzz.requests=…} extends it. Runs with the same
 * seed make the same choices, but ids and tokens differ.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzApiIT {

  private static final int REQUESTS = Integer.getInteger("fuzz.requests", 6_000);
  private static final int CLIENTS = 2;

  /**
   * Maximum number of rounds of {@link #REQUESTS} requests. A further round follows if an operation
   * has not succeeded yet, because its requests are random.
   */
  private static final int MAX_ROUNDS = 5;

  private static final Pattern RAW_TOKEN = Pattern.compile("b[sp]at_[0-9A-Za-z]{43}");

  /** Operations that cannot succeed here, because no OpenID provider is configured. */
  private static final Set<String> NEEDS_OPENID =
      Set.of(
          "DELETE /access-tokens/session 200",
          "GET /access-tokens/session/oidc 302",
          "GET /access-tokens/session/oidc/callback 302");

  /**
   * Operations whose parameters name a part of the transparency log, and the operation that needs a
   * witness. No response contains such a path, so a random request finds none. {@link
   * TransparencyLogTopic} and {@link VerifyLogIT} test their success.
   */
  private static final Set<String> NEEDS_A_PART_OF_THE_LOG =
      Set.of(
          "GET /access-tokens/log/cosigned-checkpoint 200",
          "GET /access-tokens/log/tile/{tile} 200",
          "GET /access-tokens/log/tile/entries/{bundle} 200",
          "GET /access-tokens/personal/{id}/audit/{eventId}/proof 200",
          "GET /access-tokens/service/{id}/audit/{eventId}/proof 200",
          "GET /access-tokens/user-tokens/{id}/audit/{eventId}/proof 200");

  private RunningApplication application;

  /** Starts the application with limits so high that they rarely reject a request. */
  @BeforeAll
  void start() throws Exception {
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .withDataDirectory()
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWTOKENMANAGEMENT", "true")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true")
                .withEnvironment("ACCESSTOKENS_SERVICE_ROTATION_SELF", "renew")
                .withEnvironment("ACCESSTOKENS_PERSONAL_MAXLIVETOKENS", "10000")
                .withEnvironment("ACCESSTOKENS_RATELIMITS_UNKNOWNTOKENSPERMINUTE", "100000")
                .withEnvironment("ACCESSTOKENS_RATELIMITS_FAILEDSIGNINSPERMINUTE", "20")
                .withEnvironment("ACCESSTOKENS_RATELIMITS_SERVICETOKENCHANGESPERMINUTE", "100000")
                .withEnvironment("ACCESSTOKENS_RATELIMITS_PERSONALTOKENCHANGESPERMINUTE", "100000")
                .withEnvironment("ACCESSTOKENS_RATELIMITS_TOKENEXCHANGESPERMINUTE", "100000"));
  }

  @AfterAll
  void stop() {
    application.close();
  }

  @Test
  void everyResponseIsDeclaredByTheDocument() throws Exception {
    long seed = Long.getLong("fuzz.seed", ThreadLocalRandom.current().nextLong());
    ApiFuzzer fuzzer = new ApiFuzzer(application, application.api().get("/api/openapi.json").ok());
    Set<String> neverSeen = new HashSet<>(NEEDS_OPENID);
    neverSeen.addAll(NEEDS_A_PART_OF_THE_LOG);
    for (int round = 0;
        round < MAX_ROUNDS && !fuzzer.successesNeverSeen().equals(neverSeen);
        round++) {
      run(fuzzer, callers(round), seed + (long) round * CLIENTS);
    }
    String report =
        "repeat with -Dfuzz.seed=%d -Dfuzz.requests=%d%n%s%n%s%n"
            .formatted(seed, REQUESTS, fuzzer.statistics(), fuzzer.findings());
    Path file = Path.of("target/fuzz-api.txt").toAbsolutePath();
    Files.writeString(file, report);
    System.out.println(report);
    assertEquals("", fuzzer.findings(), () -> "seed " + seed + ", all of it is in " + file);
    assertEquals(neverSeen, fuzzer.successesNeverSeen(), report);
    String log = application.log();
    assertFalse(log.contains(" ERROR "), () -> "a failure in " + application.logFile());
    assertFalse(RAW_TOKEN.matcher(log).find(), () -> "a raw token in " + application.logFile());
  }

  /** Returns new callers, because a round ends tokens and sessions of its callers. */
  private List<FuzzCallers> callers(int round) {
    // The round before can have used all guesses of passwords for these users.
    for (String user : List.of("alice", "dave")) {
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> application.api().as(user).get("/api/access-tokens/whoami").ok());
    }
    Set<String> reserved = new HashSet<>();
    List<FuzzCallers> callers = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      callers.add(FuzzCallers.of(application.api(), "client-" + round + "-" + i, reserved));
    }
    return callers;
  }

  private static void run(ApiFuzzer fuzzer, List<FuzzCallers> callers, long seed) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<Void>> runs = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        FuzzCallers own = callers.get(i);
        long ownSeed = seed + i;
        Callable<Void> work =
            () -> {
              fuzzer.run(ownSeed, REQUESTS / CLIENTS, own);
              return null;
            };
        runs.add(clients.submit(work));
      }
      for (Future<Void> run : runs) {
        run.get();
      }
    } finally {
      clients.shutdownNow();
    }
  }
}
