package io.accesstokens.spring;

import org.springframework.security.core.AuthenticationException;

/** Thrown for a valid token that has used up its requests of the last 60 seconds. */
final class RequestRateException extends AuthenticationException {

  private static final long serialVersionUID = 1L;

  private final int perMinute;
  private final int seconds;

  /**
   * Creates an exception.
   *
   * @param perMinute the maximum number of requests per minute
   * @param seconds how long the client must wait, at least 1
   */
  RequestRateException(int perMinute, int seconds) {
    super("the token has used up its requests of this minute");
    this.perMinute = perMinute;
    this.seconds = seconds;
  }

  int perMinute() {
    return perMinute;
  }

  int seconds() {
    return seconds;
  }
}
