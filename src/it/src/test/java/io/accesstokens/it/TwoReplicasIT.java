package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests two processes on one database: a change at one takes effect at the other. */
class TwoReplicasIT {

  private static final int PARALLEL = 100;

  /** A tenth of the total time of {@link #PARALLEL} waits one after another. */
  private static final Duration LEASES = Duration.ofMillis(500).multipliedBy(PARALLEL / 10);

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  private WarProcess call() {
    return WarProcess.inNewFolder().withDatabase(database);
  }

  @Test
  void revocationTakesEffectAtTheOtherReplica() throws Exception {
    try (RunningApplication first = RunningApplication.start(call());
        RunningApplication second = RunningApplication.start(call().inSeparateProcess())) {
      whileTheOtherIsAsked(first, second);
      whileTheOtherIsStopped(first, second);
      manyAtOnce(first, second);
      manyByOneCall(first, second);
      allOfOneUser(first, second);
      anotherLeaseIsRefused();
    }
  }

  private void anotherLeaseIsRefused() throws Exception {
    Outcome outcome =
        call()
            .withEnvironment("ACCESSTOKENS_CLUSTER_LEASEMILLIS", "700")
            .with("--port", "0")
            .run("");
    assertTrue(outcome.exitCode() != 0, outcome::toString);
    assertTrue(outcome.err().contains("leaseMillis 500"), outcome::err);
  }

  private static void whileTheOtherIsAsked(RunningApplication first, RunningApplication second) {
    ServiceTokens tokens = new ServiceTokens(first.api().as("alice"));
    for (int i = 0; i < 5; i++) {
      TestToken made = tokens.create();
      assertFinal(second.api().bearer(made.rawToken()), () -> tokens.revoke(made.id()));
      tokens.tryRevoke(made.id()).problem(409);
    }
  }

  /**
   * Revokes a token at one replica while another replica is asked about it. Asserts that the other
   * replica refuses each request that begins after the response. A 503 is not a verdict, so the
   * request is repeated.
   */
  static void assertFinal(Api atTheOther, Runnable revocation) {
    assertEquals(200, verdict(atTheOther), "the status before the revocation");
    AtomicBoolean answered = new AtomicBoolean();
    CompletableFuture<Integer> hammering =
        CompletableFuture.supplyAsync(
            () -> {
              while (true) {
                boolean promised = answered.get();
                int status = verdict(atTheOther);
                if (promised || status != 200) {
                  return status;
                }
              }
            });
    revocation.run();
    answered.set(true);
    assertEquals(
        401, hammering.join(), "the status of the first request that began after the answer");
    assertEquals(401, verdict(atTheOther), "the status of a later request");
  }

  private static int verdict(Api api) {
    // A delay before the first request would hide a token that is accepted after the response.
    return Awaitility.await("a verdict")
        .pollDelay(Duration.ZERO)
        .until(() -> api.get(WHOAMI).status(), status -> status != 503);
  }

  private static void whileTheOtherIsStopped(RunningApplication first, RunningApplication second) {
    ServiceTokens tokens = new ServiceTokens(first.api().as("alice"));
    TestToken made = tokens.create();
    TestToken other = tokens.create();
    Api api = second.api();
    api.bearer(made.rawToken()).get(WHOAMI).ok();
    api.bearer(other.rawToken()).get(WHOAMI).ok();
    second.pause();
    try {
      tokens.revoke(made.id());
    } finally {
      second.resume();
    }
    assertEquals(401, verdict(api.bearer(made.rawToken())), "the revoked token");
    assertEquals(200, verdict(api.bearer(other.rawToken())), "the other token");
  }

  private static void manyAtOnce(RunningApplication first, RunningApplication second)
      throws Exception {
    ServiceTokens tokens = new ServiceTokens(first.api().as("alice"));
    List<ApiResult> answers =
        Race.undisturbed(
            () -> {
              List<TestToken> made = new ArrayList<>();
              for (int i = 0; i < PARALLEL; i++) {
                made.add(tokens.create());
                second.api().bearer(made.get(i).rawToken()).get(WHOAMI).ok();
              }
              Race race = Race.of(PARALLEL, i -> tokens.tryRevoke(made.get(i).id()));
              for (int i = 0; i < PARALLEL; i++) {
                if (race.answers().get(i).status() == 204) {
                  Api dead = second.api().bearer(made.get(i).rawToken());
                  assertEquals(401, verdict(dead), "a revoked token");
                }
              }
              return race;
            });
    answers.forEach(answer -> answer.expect(204));
  }

  private static void manyByOneCall(RunningApplication first, RunningApplication second) {
    Api alice = first.api().as("alice");
    ServiceTokens tokens = new ServiceTokens(alice);
    List<TestToken> made = new ArrayList<>();
    for (int i = 0; i < 2 * PARALLEL; i++) {
      made.add(tokens.create());
      second.api().bearer(made.get(i).rawToken()).get(WHOAMI).ok();
    }
    // The second half is for a repetition.
    Iterator<List<TestToken>> halves =
        List.of(made.subList(0, PARALLEL), made.subList(PARALLEL, 2 * PARALLEL)).iterator();
    AtomicReference<List<TestToken>> last = new AtomicReference<>();
    // A longer call would have waited for the tokens one after another.
    TimeLimits.within(
        LEASES,
        () -> {
          last.set(halves.next());
          ApiResult answer =
              alice.post(
                  ServiceTokens.PATH + "/revoke",
                  bulkRevocation(Objects.requireNonNull(last.get())));
          assertEquals(PARALLEL, answer.ok().getJsonArray("revoked").size());
          return answer;
        });
    List<TestToken> revoked = Objects.requireNonNull(last.get());
    for (TestToken dead : revoked) {
      assertEquals(401, verdict(second.api().bearer(dead.rawToken())), "a revoked token");
    }
    // "Already revoked" is final too, so the call has no reason to wait.
    assertEquals(
        PARALLEL,
        alice
            .post(ServiceTokens.PATH + "/revoke", bulkRevocation(revoked))
            .ok()
            .getJsonArray("alreadyRevoked")
            .size());
  }

  private static String bulkRevocation(List<TestToken> tokens) {
    String ids =
        tokens.stream().map(token -> '"' + token.id() + '"').collect(Collectors.joining(","));
    return "{\"ids\":[" + ids + "],\"reason\":\"all at once\"}";
  }

  private static void allOfOneUser(RunningApplication first, RunningApplication second) {
    PersonalTokens daves = new PersonalTokens(first.api().as("dave"));
    List<TestToken> made = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      made.add(daves.create());
      second.api().bearer(made.get(i).rawToken()).get(WHOAMI).ok();
    }
    String body = "{\"userEntityRef\":\"dave\",\"reason\":\"left\"}";
    JsonObject answer =
        first.api().as("alice").post(PersonalTokens.USER_TOKENS + "/revoke", body).ok();
    for (TestToken dead : made) {
      second.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
    }
    assertEquals(made.size(), answer.getJsonArray("revoked").size());
  }
}
