package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The permits of a rate limit, according to the token bucket algorithm: those of one minute are
 * available at first, and used ones become available again one by one, within one minute. On a
 * machine that stops for some seconds, a client therefore has more permits than those of one
 * minute. Create an object before the first request.
 */
final class Permits {

  private final int perMinute;
  private final long beganAt = System.nanoTime();
  private int used;

  Permits(int perMinute) {
    this.perMinute = perMinute;
  }

  /** Asserts that a request has the given status, and counts a permit for it. */
  void use(int status, Supplier<ApiResult> request) {
    count(request.get().expect(status));
  }

  private void count(ApiResult answer) {
    used++;
    long most = most();
    assertTrue(used <= most, () -> used + " permits, but at most " + most + ": " + answer);
  }

  /** Returns the maximum number of permits that the requests so far can have used. */
  long most() {
    long nanos = System.nanoTime() - beganAt;
    return perMinute + nanos * perMinute / TimeUnit.MINUTES.toNanos(1);
  }

  /**
   * Repeats a request until it has no permit, and returns that response, which has the status 429.
   * Asserts that the requests so far have used at least the permits of one minute, and no more than
   * were available.
   *
   * @param status the status of a request with a permit
   */
  ApiResult exhaust(int status, Supplier<ApiResult> request) {
    ApiResult answer = request.get();
    while (answer.status() != 429) {
      count(answer.expect(status));
      answer = request.get();
    }
    assertTrue(used >= perMinute, "only " + used + " permits");
    return answer.problem(429);
  }
}
