package io.accesstokens.app.wiring;

import io.accesstokens.app.SigningKeySeal;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.client.ChangeRateLimit;
import io.accesstokens.app.metrics.EventMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.exchange.AccessTokenJwtReader;
import io.accesstokens.exchange.AccessTokenJwtVerifier;
import io.accesstokens.exchange.AccessTokenSigner;
import io.accesstokens.exchange.Audience;
import io.accesstokens.exchange.RefreshTokenGrant;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.TokenVerifier;
import io.github.bucket4j.TimeMeter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The exchange of personal tokens for short-lived access tokens.
 *
 * @param issuer the issuer of the access tokens
 * @param keys the keys that sign the access tokens
 * @param grant creates an access token in exchange for a personal token
 * @param verifier verifies access tokens
 */
record TokenExchange(
    Issuer issuer, SigningKeys keys, RefreshTokenGrant grant, AccessTokenJwtVerifier verifier) {

  private static final Logger LOG = System.getLogger(TokenExchange.class.getName());

  /**
   * The services on which the exchange depends.
   *
   * @param keys stores the signing keys
   * @param tokens the service for service tokens, which includes the service for personal tokens
   * @param verifier verifies personal tokens
   * @param handler handles the result of a verification
   * @param signatures limits the number of wrong signatures of a client
   * @param events counts the exchanges that exceed the limit of a user
   */
  record Dependencies(
      SigningKeyStore keys,
      ServiceTokenService tokens,
      TokenVerifier verifier,
      VerificationHandler handler,
      SignatureLimit signatures,
      EventMetrics events) {}

  /**
   * Starts the exchange. Returns empty if personal tokens are disabled, or if a required setting is
   * missing. Logs the name of the missing setting.
   *
   * @param issuer the issuer of the access tokens; null if the public address of the application is
   *     unknown
   * @throws StartupException if the keys in the store cannot be decrypted or read
   */
  static Optional<TokenExchange> start(
      Configuration configuration,
      @Nullable Issuer issuer,
      Dependencies dependencies,
      Clock clock) {
    Optional<PersonalTokenService> personal = dependencies.tokens().personal();
    if (personal.isEmpty()) {
      return Optional.empty();
    }
    if (issuer == null) {
      LOG.log(
          Level.INFO,
          "personal tokens cannot be exchanged for JWTs: accessTokens.publicUrl is not set");
      return Optional.empty();
    }
    SecureRandom random = new SecureRandom();
    Optional<KeySeal> seal = SigningKeySeal.of(configuration, random);
    if (seal.isEmpty()) {
      LOG.log(
          Level.INFO,
          "personal tokens cannot be exchanged for JWTs:"
              + " accessTokens.personal.encryptionKey is not set");
      return Optional.empty();
    }
    SigningKeys keys =
        open(
            dependencies.keys(),
            seal.get(),
            Duration.ofDays(configuration.settings().personal().signingKeyDays()),
            clock,
            random);
    return Optional.of(of(configuration, issuer, dependencies, personal.get(), keys, clock));
  }

  private static TokenExchange of(
      Configuration configuration,
      Issuer issuer,
      Dependencies dependencies,
      PersonalTokenService personal,
      SigningKeys keys,
      Clock clock) {
    List<Audience> audiences =
        configuration.audiences().isEmpty()
            ? List.of(Audience.of(issuer.identifier()))
            : configuration.audiences();
    return new TokenExchange(
        issuer,
        keys,
        new RefreshTokenGrant(
            personal,
            configuration.rawTokenFormat(),
            personal.withUserCheck(token -> dependencies.verifier().verifyInStore(token)),
            new AccessTokenSigner(issuer, keys),
            audiences,
            dependencies.handler(),
            dependencies
                .events()
                .counting(
                    EventMetrics.Limit.TOKEN_EXCHANGES,
                    new ChangeRateLimit<>(
                        configuration.settings().rateLimits().tokenExchangesPerMinute(),
                        TimeMeter.SYSTEM_NANOTIME)),
            clock),
        new AccessTokenJwtVerifier(
            issuer,
            new AccessTokenJwtReader(issuer, keys, clock),
            personal,
            dependencies.verifier(),
            dependencies.signatures()));
  }

  private static SigningKeys open(
      SigningKeyStore store, KeySeal seal, Duration age, Clock clock, SecureRandom random) {
    try {
      return SigningKeys.open(store, seal, age, clock, random);
    } catch (UnreadableKeyException e) {
      throw SigningKeySeal.unreadable(e);
    } catch (StoreUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }
}
