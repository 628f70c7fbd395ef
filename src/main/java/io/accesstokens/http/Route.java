package io.accesstokens.http;

import io.accesstokens.token.TokenAuthority;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What the resources have in common: whom they ask, and how their errors are answered. */
abstract class Route {

  /**
   * What {@link RoutesFeature} left for the resources.
   *
   * @param authority the use cases
   * @param problems the form of errors
   */
  record Mounted(TokenAuthority authority, Problems problems) {

    /** The name of the configuration's property that holds it. */
    static final String PROPERTY = "io.accesstokens.http.mounted";
  }

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  Configuration configuration;

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  HttpHeaders headers;

  @SuppressWarnings("NullAway.Init") // set by injection before any method is called
  @Context
  SecurityContext security;

  private Mounted mounted() {
    if (configuration.getProperty(Mounted.PROPERTY) instanceof Mounted mounted) {
      return mounted;
    }
    throw new IllegalStateException("register AccessTokensRoutes.feature beside the routes");
  }

  final TokenAuthority authority() {
    return mounted().authority();
  }

  /**
   * Does the work of a request. What it throws is answered here, for the mappers of a host know
   * nothing of our exceptions.
   */
  final <T> T answer(Supplier<T> work) {
    Problems problems = mounted().problems();
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw problems.thrown(e, headers.getRequestHeaders(), security.getUserPrincipal());
    }
  }

  /**
   * The same for work that goes on in other threads, which know nothing of the request: what an
   * error's form depends on is taken from it now.
   */
  final <T> CompletionStage<T> answerLater(Supplier<CompletionStage<T>> work) {
    Problems problems = mounted().problems();
    MultivaluedMap<String, String> requestHeaders =
        new MultivaluedHashMap<>(headers.getRequestHeaders());
    Principal caller = security.getUserPrincipal();
    // Not a dependent stage: that would wrap what it throws, and Jersey maps what it is given.
    CompletableFuture<T> answered = new CompletableFuture<>();
    answer(work)
        .whenComplete(
            (result, e) -> {
              if (e == null) {
                answered.complete(result);
                return;
              }
              Throwable failure =
                  e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
              answered.completeExceptionally(
                  failure instanceof RuntimeException unchecked
                      ? problems.thrown(unchecked, requestHeaders, caller)
                      : failure);
            });
    return answered;
  }
}
