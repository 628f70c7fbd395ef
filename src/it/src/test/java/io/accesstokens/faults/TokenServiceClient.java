package io.accesstokens.faults;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.KeepAliveClient;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A service that creates, rotates and revokes tokens.
 *
 * @param authorization the value of the Authorization header
 */
record TokenServiceClient(
    String name, KeepAliveClient client, String authorization, Condition condition) {

  private static final int DONE = 204;
  private static final String REASON = "{\"reason\":\"no longer needed\"}";

  /**
   * One attempt to revoke a token, or to end its previous secret.
   *
   * @param status the status of the response; {@link Check#NO_ANSWER} if none came
   * @param repeatStatus the status of the response if an earlier attempt had succeeded
   * @param beganAt the time before the request was written
   * @param endedAt the time after the response was read
   * @param undisturbed true if no fault affected the service from beginning to end
   */
  record Attempt(int status, int repeatStatus, long beganAt, long endedAt, boolean undisturbed) {

    /** Returns true if the raw token is finally invalid. */
    boolean isFinal() {
      return status == DONE || status == repeatStatus;
    }

    /** Returns true if the outcome is unknown. */
    boolean isOpen() {
      return isOpen(status);
    }

    private static boolean isOpen(int status) {
      return status == 503 || status == Check.NO_ANSWER;
    }
  }

  /**
   * One attempt to rotate a token.
   *
   * @param status the status of the response; {@link Check#NO_ANSWER} if none came
   * @param endedAt the time after the response was read
   * @param rotated the token with its new secret; empty without a success
   */
  record Rotation(int status, long endedAt, Optional<TrackedToken> rotated) {

    private static final int CONFLICT = 409;

    /**
     * Returns true if the client must repeat the request. The status is {@value #CONFLICT} if an
     * earlier attempt was processed later and replaced the new secret.
     */
    boolean isOpen() {
      return Attempt.isOpen(status) || status == CONFLICT;
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
    return delete(token, ServiceTokens.path(token.id()), 409);
  }

  /**
   * Ends the previous secret of a token, and returns the attempt with any outcome.
   *
   * @param former the token with its previous secret
   */
  Attempt endPrevious(TrackedToken former) {
    return delete(former, ServiceTokens.path(former.id()) + "/previous-secret", 404);
  }

  private Attempt delete(TrackedToken token, String path, int repeatStatus) {
    int mark = condition.now();
    long beganAt = System.nanoTime();
    token.revokeSent(beganAt);
    try {
      KeepAliveClient.Timed timed = client.call("DELETE", path, authorization, REASON);
      return new Attempt(
          timed.answer().status(),
          repeatStatus,
          timed.beganAt(),
          timed.endedAt(),
          condition.undisturbedSince(mark, beganAt));
    } catch (IOException e) {
      return new Attempt(
          Check.NO_ANSWER,
          repeatStatus,
          beganAt,
          System.nanoTime(),
          condition.undisturbedSince(mark, beganAt));
    }
  }

  /**
   * Rotates a token. The previous secret stays valid for two days. This is longer than the maximum
   * difference between the clocks of two replicas, one day.
   *
   * @param idempotencyKey the same for all attempts of one rotation
   */
  Rotation rotate(TrackedToken token, String idempotencyKey) {
    try {
      KeepAliveClient.Timed timed =
          client.callWith(
              Map.of("Authorization", authorization, "Idempotency-Key", idempotencyKey),
              "POST",
              ServiceTokens.path(token.id()) + "/rotate",
              "{\"gracePeriodSeconds\":172800}");
      ApiResult answer = timed.answer();
      return new Rotation(
          answer.status(),
          timed.endedAt(),
          answer.status() == 200
              ? Optional.of(new TrackedToken(token.id(), answer.json().getString("rawToken")))
              : Optional.empty());
    } catch (IOException e) {
      return new Rotation(Check.NO_ANSWER, System.nanoTime(), Optional.empty());
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
