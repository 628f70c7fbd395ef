package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.BackstageCatalog;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TomcatDeployments;
import io.accesstokens.testing.server.TomcatServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Tests repeated redeployments of the application in one Tomcat. Each time:
 *
 * <ul>
 *   <li>The old version leaves memory completely.
 *   <li>No request is interrupted. A request gets a response even if its body arrives while the old
 *       version stops.
 *   <li>No change with a response is lost.
 * </ul>
 */
class TomcatRedeployIT {

  /**
   * Number of redeployments with a database other than H2. What a driver leaves behind is there
   * after the first one.
   */
  private static final int TIMES_WITH_A_DRIVER = 3;

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** A sample key in base64, so that the application has a transparency log. */
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  /** Name parts of our threads and beans, and of those of libraries that could remain. */
  private static final List<String> OURS =
      List.of(
          "access-tokens",
          "accesstokens",
          "weld",
          "hikari",
          "mariadb",
          "postgres",
          "h2",
          "mvstore");

  private static final Pattern LOADER_WARNING =
      Pattern.compile(" WARNING \\[[^]]*] (org\\.apache\\.catalina\\.loader|io\\.accesstokens)\\.");

  private static final Pattern LOST_CONNECTION =
      Pattern.compile(
          " WARNING \\[[^]]*] io\\.accesstokens\\.[^ ]* "
              + "(changes cannot be read|[^:]* waits for the database):"
              + " the database (is unreachable|ended a transaction that was idle for too long)$");

  @Test
  void redeploysOfTomcat10OnH2LeaveNothingBehind() throws Exception {
    redeploy(TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_10_1), 5, Optional.empty());
  }

  @Test
  void redeploysOfTomcat11OnMariaDbLeaveNothingBehind() throws Exception {
    redeploy(
        TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_11)
            .withDatabase(MariaDbServer.shared().newDatabase())
            .withEnvironment("ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY", KEY),
        TIMES_WITH_A_DRIVER,
        Optional.of("the database is unreachable"));
  }

  @Test
  void redeploysOfTomcat10OnPostgresWithBackstageLeaveNothingBehind() throws Exception {
    try (BackstageCatalog catalog =
        new BackstageCatalog()
            .group("platform", "Platform", "")
            .user("alice", "group:default/platform")) {
      redeploy(
          TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_10_1)
              .withDatabase(PostgresServer.shared().newDatabase())
              .withEnvironment("ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY", KEY)
              .withEnvironment(
                  "ACCESSTOKENS_DIRECTORY_BACKSTAGE_BASEURL", catalog.baseUrl().toString())
              .withEnvironment("ACCESSTOKENS_DIRECTORY_BACKSTAGE_TOKEN", BackstageCatalog.TOKEN),
          TIMES_WITH_A_DRIVER,
          Optional.of("the database ended a transaction that was idle for too long"));
    }
  }

  private static void redeploy(TomcatServer server, int times, Optional<String> idle)
      throws Exception {
    try (RunningApplication tomcat = RunningApplication.start(server)) {
      TomcatDeployments manager = new TomcatDeployments(tomcat);
      ServiceTokens alice = new ServiceTokens(tomcat.api().as("alice"));
      TestToken kept = alice.create();
      TestToken dead = alice.create();
      alice.revoke(dead.id());

      Load load = Load.on(tomcat, kept.rawToken());
      long early = 0;
      try (load) {
        for (int i = 1; i <= times; i++) {
          if (i == 1) {
            redeployDuringRequest(manager, tomcat.port(), load);
          } else {
            manager.redeploy();
          }
          load.awaitService();
          if (i == 2) {
            assertEquals(2, manager.classLoaders(2), "the manager's and ours");
            early = manager.metaspace();
          }
        }
        load.finish();
      }

      noneWasCutOff(load.failed());
      nothingWasLost(tomcat, load.made(), dead, times);
      assertEquals(List.of(), manager.leaks());
      assertEquals(2, manager.classLoaders(2), "the manager's and ours");
      long late = manager.metaspace();
      assertTrue(late < early * 1.1, "metaspace grew from " + early + " to " + late);
      assertEquals(List.of(), errorMessages(tomcat.log(), idle));

      manager.undeploy();
      assertEquals(List.of(), manager.leaks());
      assertEquals(1, manager.classLoaders(1), "the manager's");
      assertEquals(List.of(), ours(manager.threads()));
      assertEquals(List.of(), ours(manager.beans()));
      assertEquals(List.of(), errorMessages(tomcat.log(), idle));
    }
  }

  /**
   * The body of the request arrives completely when Tomcat sends no more requests to the old
   * version.
   */
  private static void redeployDuringRequest(TomcatDeployments manager, int port, Load load)
      throws Exception {
    FutureTask<Void> redeployment =
        new FutureTask<>(
            () -> {
              manager.redeploy();
              return null;
            });
    try (IncompleteRequest request = new IncompleteRequest(port)) {
      load.awaitService(); // the application now waits for the last byte
      new Thread(redeployment, "redeployment").start();
      load.awaitUndeployment();
      String response = request.complete();
      assertTrue(
          response.startsWith("HTTP/1.1 503 ")
              && response.contains("too many requests, or it is stopping"),
          () -> "response: '" + response + "'");
    }
    redeployment.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  /** Between two versions Tomcat itself responds with 404 or 503. */
  private static void noneWasCutOff(List<ApiResult> failed) {
    for (ApiResult answer : failed) {
      assertTrue(Set.of(404, 503).contains(answer.status()), answer::toString);
    }
  }

  private static void nothingWasLost(
      RunningApplication tomcat, List<TestToken> made, TestToken dead, int times) {
    assertTrue(made.size() >= times, "too few tokens were made: " + made.size());
    for (TestToken one : made) {
      tomcat.api().bearer(one.rawToken()).get(ServiceTokens.WHOAMI).ok();
    }
    tomcat.api().bearer(dead.rawToken()).get(ServiceTokens.WHOAMI).problem(401);
  }

  /**
   * Returns all errors, and the warnings of Tomcat's class loader and of the application. Ignores a
   * thread of Tomcat's own that can run in the application at that moment. Also ignores warnings
   * about a lost connection: on a busy machine, the database ends a transaction that is idle for a
   * second.
   *
   * @param idle the reason of a 503 after such an end; empty if the database ends no transactions
   */
  private static List<String> errorMessages(String log, Optional<String> idle) {
    return log.lines()
        .filter(line -> line.contains(" SEVERE ") || LOADER_WARNING.matcher(line).find())
        .filter(line -> !line.contains("started a thread named [Catalina-utility-"))
        .filter(line -> !LOST_CONNECTION.matcher(line).find())
        .filter(
            line -> idle.filter(reason -> line.contains("responded with 503: " + reason)).isEmpty())
        .toList();
  }

  private static List<String> ours(List<String> names) {
    return names.stream()
        .filter(name -> OURS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::contains))
        .toList();
  }

  /** A request that creates a token. The last byte of its body is missing at first. */
  private static final class IncompleteRequest implements AutoCloseable {

    private final Socket socket;
    private final byte[] body = good().json().getBytes(StandardCharsets.UTF_8);

    IncompleteRequest(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      String head =
          """
          POST %s%s HTTP/1.1
          Host: 127.0.0.1
          Authorization: Basic %s
          Content-Type: application/json
          Content-Length: %d
          Connection: close

          """
              .formatted(
                  TomcatServer.CONTEXT_PATH,
                  ServiceTokens.PATH,
                  Base64.getEncoder()
                      .encodeToString("alice:alice".getBytes(StandardCharsets.UTF_8)),
                  body.length);
      OutputStream out = socket.getOutputStream();
      out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(body, 0, body.length - 1);
      out.flush();
    }

    /** Sends the last byte, and returns the whole response. */
    String complete() throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(body, body.length - 1, 1);
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
