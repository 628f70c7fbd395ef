package io.accesstokens.it.rolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.ProxyServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Tests that a rolling restart loses no request. The system properties {@code rolling.replicas},
 * {@code rolling.rate}, {@code rolling.rounds} and {@code rolling.delaySeconds} change the run.
 */
class RollingRestartIT {

  private static final int REPLICAS = Integer.getInteger("rolling.replicas", 2);
  private static final int RATE = Integer.getInteger("rolling.rate", 100);
  private static final int ROUNDS = Integer.getInteger("rolling.rounds", 1);
  private static final int DELAY_SECONDS = Integer.getInteger("rolling.delaySeconds", 6);

  private static final Duration UP = Duration.ofMinutes(2);

  private final List<RunningApplication> replicas = new ArrayList<>();

  @Test
  void rollingRestartLosesNoRequest() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    try {
      for (int i = 0; i < REPLICAS; i++) {
        replicas.add(
            RunningApplication.start(
                WarProcess.inNewFolder()
                    .inSeparateProcess()
                    .withDatabase(database)
                    .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWTOKENMANAGEMENT", "true")
                    .withEnvironment(
                        "ACCESSTOKENS_SHUTDOWN_DELAYSECONDS", String.valueOf(DELAY_SECONDS))));
      }
      run(Files.createDirectories(Path.of("target", "rolling")).toAbsolutePath());
    } finally {
      replicas.forEach(RunningApplication::close);
    }
  }

  private void run(Path folder) throws Exception {
    ServiceTokens alice = new ServiceTokens(replicas.get(0).api().as("alice"));
    String verified = alice.create().rawToken();
    String manager =
        alice
            .create(TokenRequest.good().scopes("catalog:read", "access-tokens:service:write"))
            .rawToken();
    int port = RunningApplication.freePort();
    Files.writeString(folder.resolve("site.cfg"), site(port));
    try (ProxyServer balancer = ProxyServer.haproxy(folder, port)) {
      TimeLimits.repeatAfterStop(
          () -> {
            int tokens = alice.list("limit=0").getInt("total");
            try (RequestLoad load = new RequestLoad(port, RATE, verified, manager)) {
              restartAll(balancer, load);
              publish(folder, load);
              int found = alice.list("limit=0").getInt("total");
              TimeLimits.assertAlways(
                  found >= tokens + load.writes() - load.failed(),
                  () -> "confirmed tokens are lost: only " + found + " are stored");
              assertEquals(0, load.failed(), () -> load.failures() + "\n" + balancer.log());
              assertTrue(load.writes() > 0, "no request created a token");
              assertEquals(
                  tokens + load.writes(),
                  alice.list("limit=0").getInt("total"),
                  "the database has another number of tokens than were answered by 201");
            }
          });
    }
  }

  /** Restarts each replica, and ends the load. */
  private void restartAll(ProxyServer balancer, RequestLoad load) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < REPLICAS; i++) {
        awaitAllUp(balancer);
        RunningApplication old = replicas.get(i);
        long before = load.succeeded();
        old.requestStop();
        int exit;
        long succeeded;
        try {
          exit = old.awaitEnd();
        } finally {
          succeeded = load.succeeded() - before;
          replicas.set(i, old.restartOnSamePort()); // a repetition of the test needs all replicas
        }
        assertTrue(exit == 0 || exit == 143, "exit code " + exit);
        assertTrue(succeeded > 0, "no request succeeded during the stop");
      }
    }
    awaitAllUp(balancer);
    load.end();
  }

  /** Waits until the balancer sends requests to every replica. */
  private static void awaitAllUp(ProxyServer balancer) {
    Awaitility.await("the balancer uses all replicas")
        .atMost(UP)
        .until(
            () ->
                balancer
                        .api()
                        .get("/balancer;csv")
                        .text()
                        .lines()
                        .filter(RollingRestartIT::isUp)
                        .count()
                    == REPLICAS);
  }

  private static boolean isUp(String line) {
    return line.startsWith("replicas,r") && line.contains(",UP,");
  }

  private String site(int port) {
    StringBuilder site =
        new StringBuilder(
            """
            frontend clients
              bind 127.0.0.1:%d
              stats enable
              stats uri /balancer
              default_backend replicas
            backend replicas
              balance roundrobin
              option httpchk GET /health/ready
              # A failed request must be visible, so it is not repeated.
              retries 0
              # A replica that stops says so at once. A busy machine only delays the response.
              timeout check 10s
              default-server check inter 500ms fall 2 rise 2
            """
                .formatted(port));
    for (int i = 0; i < REPLICAS; i++) {
      site.append("  server r%d 127.0.0.1:%d\n".formatted(i, replicas.get(i).port()));
    }
    return site.toString();
  }

  /** Prints the result, and writes it to the file that the command for long runs reads. */
  private static void publish(Path folder, RequestLoad load) throws IOException {
    String report =
        """
        | | seen |
        |---|---:|
        | replicas, each restarted, times | %d, %d |
        | delay before the end of listening, s | %d |
        | requests in a second: wanted, sent | %d, %d |
        | requests; those that create a token | %d; %d |
        | p50, p99, longest, ms | %d, %d, %d |
        | failed | %d |
        """
            .formatted(
                REPLICAS,
                ROUNDS,
                DELAY_SECONDS,
                RATE,
                load.rate(),
                load.requests(),
                load.writes(),
                load.quantileMillis(0.5),
                load.quantileMillis(0.99),
                load.quantileMillis(1),
                load.failed());
    System.out.println(report + load.failures());
    Files.writeString(folder.resolve("report.md"), report);
  }
}
