package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.Deployment;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.testing.time.RunningTime;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests waiting revocations with {@code java -jar}, including clients and servers that end. */
class AwaitRevocationsIT extends AwaitRevocationsContract {

  /** The grace period of config/compose.yaml and Kubernetes, after which the process is killed. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  @Override
  Deployment deployment(Map<String, String> environment) {
    return WarProcess.inNewFolder().withEnvironment(environment);
  }

  /** Starts {@code java -jar} in a process of its own, which receives a real SIGTERM. */
  private RunningApplication startSeparately(Duration lease) throws Exception {
    return RunningApplication.start(
        WarProcess.inNewFolder().inSeparateProcess().withEnvironment(environment(lease)));
  }

  @Test
  void revocationOfADisconnectedClientCompletes() throws Exception {
    Duration lease = Duration.ofSeconds(3);
    try (RunningApplication first = start(lease);
        RunningApplication second = start(lease)) {
      ServiceTokens tokens = new ServiceTokens(first.api().as("alice"));
      TestToken made = tokens.create();
      second.api().bearer(made.rawToken()).get(WHOAMI).ok();
      try (Socket socket = request(first, made)) {
        awaitCommits(new ServiceTokens(second.api().as("alice")), 1);
        socket.setSoLinger(true, 0);
      }
      // This revocation ends after the one whose client has disconnected.
      tokens.revoke(tokens.create().id());
      for (RunningApplication application : List.of(first, second)) {
        application.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
      }
      assertEquals(
          List.of("revoked", "created"),
          tokens.events(made.id()).stream().map(event -> event.getString("event")).toList());
      assertEquals(
          1,
          first
              .log()
              .lines()
              .filter(line -> line.contains(made.id()) && line.contains("\"revoked\""))
              .filter(line -> !line.contains("refused"))
              .count());
      assertNoTrouble(first);
    }
  }

  @Test
  void shutdownWaitsForRevocations() throws Exception {
    Duration lease = Duration.ofSeconds(5);
    try (RunningApplication first = startSeparately(lease);
        RunningApplication second = start(lease)) {
      TestToken made = new ServiceTokens(first.api().as("alice")).create();
      second.api().bearer(made.rawToken()).get(WHOAMI).ok();
      CompletableFuture<ApiResult> answer = async(() -> tryRevoke(first, made));
      awaitCommits(new ServiceTokens(second.api().as("alice")), 1);
      first.requestStop();
      answer.get().expect(204);
      second.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
      int exit = first.awaitEnd();
      assertTrue(exit == 0 || exit == 143, "exit code " + exit);
      assertNoTrouble(first);
    }
  }

  @Test
  void revocationsBeyondTheShutdownTimeoutFailWith503() throws Exception {
    Duration lease = Duration.ofSeconds(60);
    try (RunningApplication first = startSeparately(lease);
        RunningApplication second = start(lease)) {
      ServiceTokens tokens = new ServiceTokens(first.api().as("alice"));
      TestToken made = tokens.create();
      TestToken presented = tokens.create();
      CompletableFuture<ApiResult> answer = async(() -> tryRevoke(first, made));
      CompletableFuture<ApiResult> oauth =
          async(() -> first.api().form(OAuthTopic.REVOKE, "token=" + presented.rawToken()));
      awaitCommits(new ServiceTokens(second.api().as("alice")), 2);
      RunningTime time = RunningTime.start();
      first.requestStop();
      ApiResult cutOff = answer.get().problem(503);
      assertEquals("1", cutOff.headerLine("Retry-After"));
      assertEquals("urn:problem-type:access-tokens:unavailable", cutOff.json().getString("type"));
      ApiResult form = oauth.get().expect(503);
      assertEquals("1", form.headerLine("Retry-After"));
      assertEquals("application/json", form.headerLine("Content-Type"));
      assertEquals("temporarily_unavailable", form.json().getString("error"));
      Awaitility.await().until(() -> !first.isAlive());
      Duration took = time.elapsed();
      assertTrue(took.compareTo(GRACE) < 0, () -> "it would have been killed: " + took);
      assertNoTrouble(first);
    }
  }
}
