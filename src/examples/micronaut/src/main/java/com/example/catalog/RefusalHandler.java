package com.example.catalog;

// region: refusal
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.auth.header.BearerChallenge;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.security.authentication.DefaultAuthorizationExceptionHandler;
import io.micronaut.web.router.RouteAttributes;
import jakarta.inject.Singleton;

@Singleton
@Replaces(DefaultAuthorizationExceptionHandler.class)
public class RefusalHandler implements ExceptionHandler<AuthorizationException, HttpResponse<?>> {

  @Override
  public HttpResponse<?> handle(HttpRequest request, AuthorizationException refusal) {
    if (refusal.isForbidden()) {
      String scope =
          RouteAttributes.getRouteMatch(request)
              .flatMap(route -> route.getAnnotationMetadata().stringValue(Secured.class))
              .orElse("");
      return HttpResponse.status(HttpStatus.FORBIDDEN)
          .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.insufficientScope(scope));
    }
    return HttpResponse.unauthorized()
        .header(
            HttpHeaders.WWW_AUTHENTICATE,
            BearerCredentials.of(request.getHeaders().getAll(HttpHeaders.AUTHORIZATION)).isPresent()
                ? BearerChallenge.INVALID_TOKEN
                : BearerChallenge.PLAIN);
  }
}
// endregion
