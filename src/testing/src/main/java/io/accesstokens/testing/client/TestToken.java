package io.accesstokens.testing.client;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;

/**
 * A token that the application has just created or rotated.
 *
 * @param token the JSON object that describes the token, from the response that contains the raw
 *     token
 * @param rawToken the secret that clients send
 */
public record TestToken(JsonObject token, String rawToken) {

  /** Reads a token from the response that created the token. Records the raw token. */
  public static TestToken of(ApiResult answer, Exchanges exchanges) {
    JsonObject json = answer.expect(201).json();
    TestToken made = new TestToken(json.getJsonObject("token"), json.getString("rawToken"));
    exchanges.addRawToken(made.rawToken());
    return made;
  }

  /** Reads a token from the response that rotated the token. Records the new raw token. */
  public static TestToken ofRotation(ApiResult answer, Exchanges exchanges) {
    JsonObject json = answer.ok();
    TestToken rotated = new TestToken(json.getJsonObject("token"), json.getString("rawToken"));
    exchanges.addRawToken(rotated.rawToken());
    return rotated;
  }

  public String id() {
    return token.getString("id");
  }

  public String name() {
    return token.getString("name");
  }

  /** Waits until the token has expired. */
  public void awaitExpiry() {
    Instant expiresAt = Instant.parse(token.getString("expiresAt"));
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Instant.now().isAfter(expiresAt));
  }

  /** Returns the JSON object of the token, without the raw token. */
  @Override
  public String toString() {
    return "TestToken[" + token + "]";
  }
}
