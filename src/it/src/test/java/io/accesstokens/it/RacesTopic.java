package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Tests many concurrent callers. */
abstract class RacesTopic extends Topic {

  private static final int MANY = 20;

  RacesTopic(RunningApplication application) {
    super(application);
  }

  @RepeatedTest(3)
  void exactlyOneOfTwentyConcurrentRequestsGetsTheName() throws Exception {
    String name = TokenRequest.newName();
    List<ApiResult> answers = Parallel.send(MANY, i -> tokens.tryCreate(good().named(name)));
    assertOne(answers, 201);
    List<JsonObject> rows = named(name);
    assertEquals(1, rows.size());
    List<JsonObject> events = tokens.events(rows.get(0).getString("id"));
    assertEquals(1, events.size());
    assertEquals("created", events.get(0).getString("event"));
  }

  @RepeatedTest(3)
  void exactlyOneOfTwentyConcurrentRevocationsSucceeds() throws Exception {
    TestToken made = tokens.create();
    List<ApiResult> answers = Parallel.send(MANY, i -> tokens.tryRevoke(made.id()));
    assertOne(answers, 204);
    assertEquals(
        List.of("revoked", "created"),
        tokens.events(made.id()).stream().map(event -> event.getString("event")).toList());
  }

  @Test
  void tokensOfDifferentNamesAreCreatedConcurrently() throws Exception {
    List<ApiResult> answers = Parallel.send(MANY, i -> tokens.tryCreate(good()));
    assertEquals(Collections.nCopies(MANY, 201), answers.stream().map(ApiResult::status).toList());
  }

  @Test
  void eachGroupHasItsOwnNames() throws Exception {
    String name = TokenRequest.newName();
    List<ApiResult> answers =
        Parallel.send(
            MANY, i -> tokens.tryCreate(good().named(name).of(i % 2 == 0 ? PLATFORM : PAYMENTS)));
    assertEquals(2, answers.stream().filter(answer -> answer.status() == 201).count());
    assertEquals(MANY - 2, answers.stream().filter(answer -> answer.status() == 409).count());
    assertEquals(2, named(name).size());
  }

  @Test
  void revokedNameIsReusedByAtMostOneConcurrentRequest() throws Exception {
    String name = TokenRequest.newName();
    TestToken first = tokens.create(good().named(name));
    List<ApiResult> answers =
        Parallel.send(
            MANY,
            i -> i == 7 ? tokens.tryRevoke(first.id()) : tokens.tryCreate(good().named(name)));
    assertEquals(204, answers.get(7).status());
    long made = answers.stream().filter(answer -> answer.status() == 201).count();
    long refused = answers.stream().filter(answer -> answer.status() == 409).count();
    assertEquals(MANY - 1, made + refused);
    assertEquals(made + 1, named(name).size());
    long alive =
        named(name).stream().filter(row -> !row.getString("status").equals("revoked")).count();
    assertEquals(made, alive);
    assertTrue(made <= 1, () -> made + " tokens have the name");
  }

  @Test
  void everyUseAfterTheRevocationResponseIsRejected() throws Exception {
    TestToken made = tokens.create();
    var bearer = anonymous.bearer(made.rawToken());
    CountDownLatch uses = new CountDownLatch(20);
    List<Boolean> held =
        Parallel.run(
            8,
            i -> {
              if (i == 0) {
                assertTrue(uses.await(60, TimeUnit.SECONDS), "the token is not in use");
                tokens.revoke(made.id());
                return bearer.get(WHOAMI).status() == 401;
              }
              int status = 200;
              long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
              while (status == 200 && System.nanoTime() < end) {
                status = bearer.get(WHOAMI).status();
                uses.countDown();
              }
              // After the first rejection, the token stays rejected.
              return status == 401 && bearer.get(WHOAMI).status() == 401;
            });
    assertEquals(Collections.nCopies(8, true), held);
  }

  private List<JsonObject> named(String name) {
    return tokens.all("limit=500").stream()
        .filter(token -> token.getString("name").equals(name))
        .toList();
  }

  private static void assertOne(List<ApiResult> answers, int status) {
    assertEquals(1, answers.stream().filter(answer -> answer.status() == status).count());
    for (ApiResult answer : answers) {
      if (answer.status() != status) {
        answer.problem(409);
      }
    }
  }
}
