package com.example.catalog;

// region: fetcher
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.limit.RequestRates;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.security.filters.AuthenticationFetcher;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Singleton
public class RawTokenFetcher implements AuthenticationFetcher<HttpRequest<?>> {

  private final RequestRates rates = new RequestRates();
  private final RemoteTokenVerifier verifier;
  private final Scheduler threads;

  public RawTokenFetcher(
      RemoteTokenVerifier verifier, @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
    this.verifier = verifier;
    this.threads = Schedulers.fromExecutorService(threads);
  }

  @Override
  public Publisher<Authentication> fetchAuthentication(HttpRequest<?> request) {
    Optional<BearerCredentials> credentials =
        BearerCredentials.of(request.getHeaders().getAll(HttpHeaders.AUTHORIZATION));
    if (credentials.isEmpty()) {
      return Mono.empty();
    }
    Optional<RawToken> token = credentials.get().only().flatMap(RawTokenFormat.DEFAULT::parse);
    if (token.isEmpty()) {
      return Mono.error(new AuthorizationException(null));
    }
    String address = request.getRemoteAddress().getAddress().getHostAddress();
    return Mono.fromCallable(() -> caller(verifier.verify(token.get()).from(address)))
        .subscribeOn(threads);
  }

  private Authentication caller(Verification verdict) {
    if (verdict instanceof Verification.Accepted token) {
      Integer perMinute = token.limits().requestsPerMinute();
      int wait = perMinute == null ? 0 : rates.tryAcquire(token.tokenId(), perMinute);
      if (wait > 0) {
        throw new RateLimitHandler.LimitReachedException(wait);
      }
      return Authentication.build(
          token.subject(), token.scopes(), Map.of("tokenId", token.tokenId()));
    }
    throw new AuthorizationException(null);
  }
}
// endregion
