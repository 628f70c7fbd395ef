package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the repetition of a rotation whose response was lost, with an idempotency key. */
abstract class RepeatedRotationTopic extends SecretChangeTopic {

  private static final int MANY = 8;
  private static final int ROUNDS = 3;
  private static final int TIMEOUT_MILLIS = 60_000;

  private static String newKey() {
    return "key-" + TokenRequest.newName();
  }

  private TestToken rotate(String id, String json, String key) {
    return TestToken.ofRotation(tokens.tryRotate(id, json, key), alice.exchanges());
  }

  private List<JsonObject> rotations(String id) {
    return tokens.events(id).stream()
        .filter(event -> event.getString("event").equals("rotated"))
        .toList();
  }

  @Test
  void repeatReplacesOnlyTheLostSecret() {
    TestToken made = tokens.create();
    String key = newKey();
    String body = "{\"gracePeriodSeconds\":600,\"expiresInDays\":9}";
    TestToken lost = rotate(made.id(), body, key);
    TestToken again = rotate(made.id(), body, key);
    TestToken third = rotate(made.id(), body, key);
    for (TestToken replaced : List.of(lost, again)) {
      whoami(replaced.rawToken()).problem(401);
    }
    whoami(made.rawToken()).ok();
    whoami(third.rawToken()).ok();
    for (String member : List.of("expiresAt", "previousSecret", "scopes", "name")) {
      assertEquals(lost.token().get(member), third.token().get(member), member);
    }
    List<JsonObject> rotations = rotations(made.id());
    assertEquals(3, rotations.size(), rotations::toString);
    for (JsonObject retry : rotations.subList(0, 2)) {
      assertEquals("true", retry.getJsonObject("metadata").getString("retry"));
    }
    assertEquals(
        again.token().getString("tokenPrefix"),
        rotations.get(0).getJsonObject("metadata").getString("replacedTokenPrefix"));
    assertFalse(
        rotations.get(2).getJsonObject("metadata").containsKey("retry"), rotations::toString);
  }

  @Test
  void endedTokenIsAConflict() {
    TestToken made = tokens.create();
    String key = newKey();
    rotate(made.id(), "{}", key);
    tokens.revoke(made.id());
    tokens.tryRotate(made.id(), "{}", key).problem(409);
  }

  /**
   * A repeat that another repeat overtakes gets 409 instead of a dead secret. One thread observes
   * the order of arrival, so the scheduling of threads cannot change it.
   */
  @Test
  void lastResponseToParallelRepeatsHasTheValidSecret() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      TestToken made = tokens.create();
      List<List<ApiResult>> arrivals = sendTogether(made.id(), newKey());
      List<List<String>> secrets = new ArrayList<>();
      for (List<ApiResult> together : arrivals) {
        List<String> raws = new ArrayList<>();
        for (ApiResult answer : together) {
          if (answer.hasNewSecret()) {
            raws.add(TestToken.ofRotation(answer, alice.exchanges()).rawToken());
          } else {
            answer.problem(409);
          }
        }
        if (!raws.isEmpty()) {
          secrets.add(raws);
        }
      }
      assertFalse(secrets.isEmpty(), "no response has a secret");
      List<List<String>> valid =
          secrets.stream()
              .map(raws -> raws.stream().filter(raw -> whoami(raw).status() == 200).toList())
              .toList();
      assertEquals(1, valid.stream().mapToInt(List::size).sum(), "valid new secrets");
      assertEquals(1, valid.get(valid.size() - 1).size(), "valid secrets that arrived last");
      whoami(made.rawToken()).ok();
      JsonObject token = tokens.get(made.id());
      assertTrue(
          valid.get(valid.size() - 1).get(0).startsWith(token.getString("tokenPrefix")),
          token::toString);
      assertEquals(
          made.token().get("tokenPrefix"),
          token.getJsonObject("previousSecret").get("tokenPrefix"));
      assertEquals(MANY, rotations(made.id()).size());
    }
  }

  /**
   * Sends the same rotation over many connections at once.
   *
   * @return the responses in the order in which they began to arrive; responses that arrived
   *     together are in one list
   */
  private List<List<ApiResult>> sendTogether(String id, String key) throws IOException {
    byte[] request = request(id, key).getBytes(StandardCharsets.ISO_8859_1);
    List<SocketChannel> channels = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < MANY; i++) {
        channels.add(
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port())));
      }
      for (SocketChannel channel : channels) {
        channel.write(ByteBuffer.wrap(request));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
      }
      List<List<ApiResult>> arrivals = new ArrayList<>();
      for (int left = MANY; left > 0; left -= arrivals.get(arrivals.size() - 1).size()) {
        // Not the number that select returns: it omits keys that selectNow has already selected.
        selector.select(TIMEOUT_MILLIS);
        List<SelectionKey> ready = List.copyOf(selector.selectedKeys());
        assertFalse(ready.isEmpty(), left + " responses are missing");
        ready.forEach(SelectionKey::cancel);
        selector.selectedKeys().clear();
        selector.selectNow(); // removes the canceled keys
        List<ApiResult> together = new ArrayList<>();
        for (SelectionKey each : ready) {
          each.channel().configureBlocking(true);
          Socket socket = ((SocketChannel) each.channel()).socket();
          together.add(application.socket().read(socket, "POST " + path(id) + "/rotate"));
        }
        arrivals.add(together);
      }
      return arrivals;
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }

  /** Returns a request of alice for a rotation without a body. */
  private String request(String id, String key) {
    return "POST "
        + application.socket().target(path(id) + "/rotate")
        + " HTTP/1.1\r\nHost: "
        + application.socket().host()
        + "\r\n"
        + BASIC
        + "Idempotency-Key: "
        + key
        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  }

  /** The client cannot know the secret in the response that it did not receive. */
  @Test
  void repeatAfterALostConnectionReplacesTheLostSecret() throws IOException {
    TestToken made = tokens.create();
    String key = newKey();
    try (Socket socket = application.socket().connect()) {
      socket.getOutputStream().write(request(made.id(), key).getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      await().until(() -> rotations(made.id()).size() == 1);
    } // closed without reading the response
    String lostPrefix = tokens.get(made.id()).getString("tokenPrefix");
    TestToken repeated =
        TestToken.ofRotation(
            alice.call("POST", path(made.id()) + "/rotate").header("Idempotency-Key", key).send(),
            alice.exchanges());
    assertNotEquals(lostPrefix, repeated.token().getString("tokenPrefix"));
    whoami(repeated.rawToken()).ok();
    whoami(made.rawToken()).ok();
    JsonObject token = tokens.get(made.id());
    assertEquals(repeated.token().get("tokenPrefix"), token.get("tokenPrefix"));
    assertEquals(
        made.token().get("tokenPrefix"), token.getJsonObject("previousSecret").get("tokenPrefix"));
    List<JsonObject> rotations = rotations(made.id());
    assertEquals(2, rotations.size(), rotations::toString);
    JsonObject retry = rotations.get(0).getJsonObject("metadata");
    assertEquals("true", retry.getString("retry"));
    assertEquals(lostPrefix, retry.getString("replacedTokenPrefix"));
    assertFalse(
        rotations.get(1).getJsonObject("metadata").containsKey("retry"), rotations::toString);
  }
}
