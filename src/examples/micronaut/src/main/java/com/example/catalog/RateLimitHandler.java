package com.example.catalog;

// region: limit
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

@Singleton
public class RateLimitHandler
    implements ExceptionHandler<RateLimitHandler.LimitReachedException, HttpResponse<?>> {

  /** The token has used up its requests per minute. */
  static final class LimitReachedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int seconds;

    LimitReachedException(int seconds) {
      super("too many requests");
      this.seconds = seconds;
    }
  }

  @Override
  public HttpResponse<?> handle(HttpRequest request, LimitReachedException limit) {
    return HttpResponse.status(HttpStatus.TOO_MANY_REQUESTS)
        .header(HttpHeaders.RETRY_AFTER, Integer.toString(limit.seconds));
  }
}
// endregion
