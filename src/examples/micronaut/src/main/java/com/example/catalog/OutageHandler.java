package com.example.catalog;

// region: outage
import io.accesstokens.verify.VerificationUnavailableException;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

@Singleton
public class OutageHandler
    implements ExceptionHandler<VerificationUnavailableException, HttpResponse<?>> {

  @Override
  public HttpResponse<?> handle(HttpRequest request, VerificationUnavailableException outage) {
    return HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, "1");
  }
}
// endregion
