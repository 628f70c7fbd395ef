package io.accesstokens.app.wiring;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.consent.AuthorizationCodeGrant;
import io.accesstokens.exchange.PublishedMetadata;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.oauth.TokenEndpoint;
import io.accesstokens.oauth.TokenGrant;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.TokenVerifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Produces the exchange of personal tokens for short-lived tokens, the token endpoint, and the
 * metadata of the issuer.
 */
@ApplicationScoped
public class ExchangeProducer {

  /**
   * Returns the exchange of personal tokens for short-lived tokens; empty if personal tokens are
   * disabled or a required setting is missing.
   *
   * @throws StartupException if the signing keys in the store cannot be decrypted or read
   */
  @Produces
  @Singleton
  Optional<TokenExchange> exchange(
      Configuration configuration,
      Optional<Issuer> issuer,
      Stores stores,
      ServiceTokenService tokens,
      TokenVerifier verifier,
      VerificationHandler handler,
      SignatureLimit signatures,
      ServerMetrics metrics,
      Clock clock) {
    return TokenExchange.start(
        configuration,
        issuer.orElse(null),
        new TokenExchange.Dependencies(
            stores.signingKeys(), tokens, verifier, handler, signatures, metrics.events()),
        clock);
  }

  @Produces
  @Singleton
  TokenEndpoint tokenEndpoint(
      Optional<TokenExchange> exchange,
      Optional<MintFlows> mintFlows,
      Optional<Issuer> issuer,
      Clock clock) {
    return new TokenEndpoint(grants(exchange, mintFlows, issuer, clock));
  }

  private static List<TokenGrant> grants(
      Optional<TokenExchange> exchange,
      Optional<MintFlows> mintFlows,
      Optional<Issuer> issuer,
      Clock clock) {
    List<TokenGrant> grants = new ArrayList<>();
    exchange.ifPresent(signing -> grants.add(signing.grant()));
    if (mintFlows.isPresent() && issuer.isPresent()) {
      grants.add(new AuthorizationCodeGrant(mintFlows.get(), issuer.get(), clock));
    }
    return List.copyOf(grants);
  }

  /** Returns the metadata that the issuer publishes; empty if no short-lived tokens are signed. */
  @Produces
  @Singleton
  Optional<PublishedMetadata> metadata(
      Optional<TokenExchange> exchange,
      Optional<MintFlows> mintFlows,
      Optional<Issuer> issuer,
      Clock clock) {
    return exchange.map(
        signing ->
            new PublishedMetadata(
                signing.issuer(),
                signing.keys(),
                grants(exchange, mintFlows, issuer, clock).stream().map(TokenGrant::type).toList(),
                mintFlows.isPresent() ? signing.issuer().authorizationEndpoint() : null));
  }
}
