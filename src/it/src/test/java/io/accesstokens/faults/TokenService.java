package io.accesstokens.faults;

import io.accesstokens.testing.Answer;
import io.accesstokens.testing.KeepAliveClient;
import io.accesstokens.testing.ServiceTokens;
import io.accesstokens.testing.TokenRequest;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Where tokens are made and revoked.
 *
 * @param authorization who does it: the value of a header
 */
record TokenService(
    String name, KeepAliveClient client, String authorization, Condition condition) {

  private static final String REASON = "{\"reason\":\"no longer needed\"}";

  /**
   * One attempt to revoke.
   *
   * @param status of the answer; {@link Check#NO_ANSWER} if none came
   * @param beganAt before the request was written
   * @param endedAt after the answer was read
   * @param undisturbed whether no fault touched the service from beginning to end
   */
  record Attempt(int status, long beganAt, long endedAt, boolean undisturbed) {

    /** Whether the token is revoked for good. */
    boolean isFinal() {
      return status == 204 || status == 409;
    }

    /** Whether nobody knows what came of it. */
    boolean isOpen() {
      return status == 503 || status == Check.NO_ANSWER;
    }
  }

  /** Makes a token, unless that fails. */
  Optional<TrackedToken> create() {
    try {
      String body = TokenRequest.good().with("expiresInDays", "30").json();
      Answer answer = client.call("POST", ServiceTokens.PATH, authorization, body).answer();
      if (answer.status() != 201) {
        return Optional.empty();
      }
      JsonObject json = answer.json();
      String id = json.getJsonObject("token").getString("id");
      return Optional.of(new TrackedToken(id, json.getString("rawToken")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Revokes a token, whatever comes of it. */
  Attempt revoke(TrackedToken token) {
    int mark = condition.now();
    long beganAt = System.nanoTime();
    token.revokeSent(beganAt);
    try {
      KeepAliveClient.Timed timed =
          client.call("DELETE", ServiceTokens.path(token.id()), authorization, REASON);
      return new Attempt(
          timed.answer().status(),
          timed.beganAt(),
          timed.endedAt(),
          condition.undisturbedSince(mark));
    } catch (IOException e) {
      return new Attempt(
          Check.NO_ANSWER, beganAt, System.nanoTime(), condition.undisturbedSince(mark));
    }
  }

  /** Revokes a token, and is gone before the answer can be read. */
  void revokeAndHangUp(TrackedToken token, Duration wait) throws InterruptedException {
    token.revokeSent(System.nanoTime());
    try {
      client.callAndHangUp("DELETE", ServiceTokens.path(token.id()), authorization, REASON, wait);
    } catch (IOException e) {
      // The outcome is as unknown as it is otherwise.
    }
  }
}
