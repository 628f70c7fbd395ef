package io.accesstokens.faults;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.KeepAliveClient;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A service that creates and revokes tokens.
 *
 * @param authorization the value of the Authorization header
 */
record TokenServiceClient(
    String name, KeepAliveClient client, String authorization, Condition condition) {

  private static final String REASON = "{\"reason\":\"no longer needed\"}";

  /**
   * One attempt to revoke a token.
   *
   * @param status the status of the response; {@link Check#NO_ANSWER} if none came
   * @param beganAt the time before the request was written
   * @param endedAt the time after the response was read
   * @param undisturbed true if no fault affected the service from beginning to end
   */
  record Attempt(int status, long beganAt, long endedAt, boolean undisturbed) {

    /** Returns true if the token is finally revoked. */
    boolean isFinal() {
      return status == 204 || status == 409;
    }

    /** Returns true if the outcome is unknown. */
    boolean isOpen() {
      return status == 503 || status == Check.NO_ANSWER;
    }
  }

  /** Creates a token; returns empty if that fails. */
  Optional<TrackedToken> create() {
    try {
      String body = TokenRequest.good().with("expiresInDays", "30").json();
      ApiResult answer = client.call("POST", ServiceTokens.PATH, authorization, body).answer();
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

  /** Revokes a token, and returns the attempt with any outcome. */
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

  /** Sends a revocation, and closes the connection before the response can be read. */
  void revokeAndHangUp(TrackedToken token, Duration wait) throws InterruptedException {
    token.revokeSent(System.nanoTime());
    try {
      client.callAndHangUp("DELETE", ServiceTokens.path(token.id()), authorization, REASON, wait);
    } catch (IOException e) {
      // The outcome is unknown, as without the exception.
    }
  }
}
