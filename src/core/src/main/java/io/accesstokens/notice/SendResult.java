package io.accesstokens.notice;

import java.time.Duration;

/**
 * The result of one attempt to send a delivery. Error texts contain no secret and no part of a
 * response body.
 */
public sealed interface SendResult {

  /** The recipient accepted the delivery. */
  record Sent() implements SendResult {}

  /**
   * The attempt failed, and a later attempt can succeed.
   *
   * @param pause the minimum time until the next attempt, which the recipient requested or the
   *     sender chose; can be zero
   */
  record Retry(String error, Duration pause) implements SendResult {

    public Retry(String error) {
      this(error, Duration.ZERO);
    }
  }

  /** The attempt failed, and every later attempt would fail too. */
  record Failed(String error) implements SendResult {}

  /** The recipient accepts no further deliveries. */
  record Gone(String error) implements SendResult {}
}
