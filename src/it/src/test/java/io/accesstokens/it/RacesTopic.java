package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.encode;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Tests many concurrent callers. */
abstract class RacesTopic extends Topic {

  private static final int MANY = 20;

  @RepeatedTest(3)
  void exactlyOneOfTwentyConcurrentRequestsGetsTheName() throws Exception {
    String name = TokenRequest.newName();
    Race.of(MANY, i -> tokens.tryCreate(good().named(name))).assertSuccesses(201, 1);
    List<JsonObject> rows = named(name);
    assertEquals(1, rows.size(), rows::toString);
    assertEquals(List.of("created"), events(rows.get(0).getString("id")));
  }

  @RepeatedTest(3)
  void exactlyOneOfTwentyConcurrentRevocationsSucceeds() throws Exception {
    TestToken made = tokens.create();
    Race.of(MANY, i -> tokens.tryRevoke(made.id())).assertSuccesses(204, 1);
    assertEquals(List.of("revoked", "created"), events(made.id()));
  }

  @Test
  void tokensOfDifferentNamesAreCreatedConcurrently() throws Exception {
    List<String> names = Stream.generate(TokenRequest::newName).limit(MANY).toList();
    Race.of(MANY, i -> tokens.tryCreate(good().named(names.get(i)))).assertSuccesses(201, MANY);
    for (String name : names) {
      assertEquals(1, named(name).size(), name);
    }
  }

  @Test
  void eachGroupHasItsOwnNames() throws Exception {
    String name = TokenRequest.newName();
    Race.of(MANY, i -> tokens.tryCreate(good().named(name).of(i % 2 == 0 ? PLATFORM : PAYMENTS)))
        .assertSuccesses(201, 2);
    assertEquals(2, named(name).size());
  }

  @Test
  void revokedNameIsReusedByAtMostOneConcurrentRequest() throws Exception {
    AtomicReference<String> last = new AtomicReference<>();
    List<ApiResult> answers =
        Race.undisturbed(
            () -> {
              String name = TokenRequest.newName();
              last.set(name);
              TestToken first = tokens.create(good().named(name));
              return Race.of(
                  MANY,
                  i ->
                      i == 7 ? tokens.tryRevoke(first.id()) : tokens.tryCreate(good().named(name)));
            });
    String name = Objects.requireNonNull(last.get());
    answers.get(7).expect(204);
    Map<Integer, Long> statuses = ApiResult.countByStatus(answers);
    long made = statuses.getOrDefault(201, 0L);
    long refused = statuses.getOrDefault(409, 0L);
    assertEquals(MANY - 1, made + refused, statuses::toString);
    assertEquals(made + 1, named(name).size());
    long alive =
        named(name).stream().filter(row -> !row.getString("status").equals("revoked")).count();
    assertEquals(made, alive);
    assertTrue(made <= 1, () -> made + " tokens have the name");
  }

  /**
   * Tests clients that revoke their secrets while the tokens are rotated (RFC 7009). The revocation
   * comes first, and the rotation fails. Or the rotation comes first, and only the old secret ends.
   */
  @Test
  void revocationByAReplacedSecretKeepsTheRotatedToken() throws Exception {
    for (int round = 0; round < MANY; round++) {
      TestToken made = tokens.create();
      String form = "token=" + made.rawToken();
      List<ApiResult> answers =
          Parallel.run(
              2,
              i ->
                  i == 0
                      ? tokens.tryRotate(made.id(), "{}")
                      : anonymous.form(OAuthTopic.REVOKE, form));
      ApiResult rotation = answers.get(0);
      answers.get(1).expect(200);
      anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
      if (rotation.status() == 200) {
        anonymous.bearer(rotation.json().getString("rawToken")).get(WHOAMI).ok();
      } else {
        rotation.problem(409);
      }
    }
  }

  @Test
  void everyUseAfterTheRevocationResponseIsRejected() throws Exception {
    TestToken made = tokens.create();
    assertUsesEndWith(() -> tokens.revoke(made.id()), made);
  }

  private List<JsonObject> named(String name) {
    return tokens.all("limit=500&q=" + encode(name)).stream()
        .filter(token -> token.getString("name").equals(name))
        .toList();
  }

  private List<String> events(String id) {
    return tokens.events(id).stream().map(event -> event.getString("event")).toList();
  }
}
