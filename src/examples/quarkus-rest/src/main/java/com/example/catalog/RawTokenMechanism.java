package com.example.catalog;

// region: mechanism
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import io.accesstokens.verify.limit.RequestRates;
import io.quarkus.runtime.Startup;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

@Singleton
@Startup
public class RawTokenMechanism implements HttpAuthenticationMechanism {

  private static final String RETRY_LATER = "catalog.retry-later";

  private final RequestRates rates = new RequestRates();
  private final RemoteTokenVerifier verifier;

  RawTokenMechanism(
      @ConfigProperty(name = "tokens.url") URI url,
      @ConfigProperty(name = "tokens.token") String token) {
    VerifierCredential credential = VerifierCredential.token(token);
    verifier = RemoteTokenVerifier.builder(url, () -> credential).build();
  }

  @PreDestroy
  void close() {
    verifier.close();
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    Optional<BearerCredentials> credentials = bearerOf(context);
    if (credentials.isEmpty()) {
      return Uni.createFrom().nullItem();
    }
    Optional<RawToken> token = credentials.get().only().flatMap(RawTokenFormat.DEFAULT::parse);
    if (token.isEmpty()) {
      return Uni.createFrom().failure(new AuthenticationFailedException());
    }
    return Uni.createFrom()
        .item(() -> caller(token.get(), context))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  private static Optional<BearerCredentials> bearerOf(RoutingContext context) {
    return BearerCredentials.of(context.request().headers().getAll(HttpHeaders.AUTHORIZATION));
  }

  private SecurityIdentity caller(RawToken token, RoutingContext context) {
    String address = context.request().remoteAddress().hostAddress();
    Verification verdict;
    try {
      verdict = verifier.verify(token).from(address);
    } catch (VerificationUnavailableException e) {
      throw retryLater(503, 1, context);
    }
    if (!(verdict instanceof Verification.Accepted accepted)) {
      throw new AuthenticationFailedException();
    }
    Integer perMinute = accepted.limits().requestsPerMinute();
    int wait = perMinute == null ? 0 : rates.tryAcquire(accepted.tokenId(), perMinute);
    if (wait > 0) {
      throw retryLater(429, wait, context);
    }
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(accepted.subject()))
        .addRoles(Set.copyOf(accepted.scopes()))
        .addAttribute("tokenId", accepted.tokenId())
        .build();
  }

  private static AuthenticationFailedException retryLater(
      int status, int seconds, RoutingContext context) {
    String wait = Integer.toString(seconds);
    context.put(RETRY_LATER, new ChallengeData(status, HttpHeaders.RETRY_AFTER, wait));
    return new AuthenticationFailedException();
  }

  /** Returns the response to a caller who is not authenticated. */
  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    boolean sent = bearerOf(context).isPresent();
    String challenge = sent ? BearerChallenge.INVALID_TOKEN : BearerChallenge.PLAIN;
    ChallengeData refusal = new ChallengeData(401, HttpHeaders.WWW_AUTHENTICATE, challenge);
    return Uni.createFrom().item(context.get(RETRY_LATER, refusal));
  }
}
// endregion
