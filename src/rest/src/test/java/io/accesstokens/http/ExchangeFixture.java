package io.accesstokens.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.exchange.AccessTokenAuthenticationFilter;
import io.accesstokens.exchange.AccessTokenJwtReader;
import io.accesstokens.exchange.AccessTokenJwtVerifier;
import io.accesstokens.exchange.AccessTokenSigner;
import io.accesstokens.exchange.Audience;
import io.accesstokens.exchange.MetadataEndpoint;
import io.accesstokens.exchange.PublishedMetadata;
import io.accesstokens.exchange.RefreshTokenGrant;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.oauth.SignedTokenVerifier;
import io.accesstokens.oauth.TokenEndpoint;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.store.memory.InMemorySigningKeyStore;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import java.net.URI;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The API in this process, with the exchange of personal tokens for short-lived tokens. */
public final class ExchangeFixture {

  static final String TOKEN = "auth/v1/token";
  static final String KEYS = "auth/.well-known/jwks.json";
  static final String ISSUER = "https://tokens.example/api/auth";

  /** The clock of the service for short-lived tokens. */
  final ManualClock clock = new ManualClock(Instant.now());

  final SigningKeys keys =
      SigningKeys.open(
          new InMemorySigningKeyStore(),
          KeySeal.random(new SecureRandom()),
          Duration.ofDays(90),
          clock,
          new SecureRandom());

  /**
   * The reported wait time of a user who has exceeded the rate limit for exchanges; null for no
   * limit.
   */
  @Nullable Duration limit;

  /** Runs after the verification of each personal token that is exchanged. */
  Runnable verified = () -> {};

  /** The reported wait time of a caller who has sent too many unknown tokens; null for no limit. */
  @Nullable Duration unknownLimit;

  /**
   * The reported wait time of a caller who has sent too many wrong signatures; null for no limit.
   */
  @Nullable Duration signatureLimit;

  /** The results of the verifications of signatures, each after the subject of the JWT. */
  final List<String> signatures = new ArrayList<>();

  /** The positions that verdicts on personal tokens of JWTs had to include. */
  final List<String> positions = new ArrayList<>();

  /** The reasons for which bearer JWTs and exchanged tokens were refused. */
  final List<Verification.Reason> refused = new ArrayList<>();

  /** The number of bearer JWTs and exchanged tokens that could not be verified. */
  int unavailable;

  /**
   * True if a secret that a rotation has ended is unknown. So a cached secret of a token is
   * unknown, as after a failover that has lost a rotation.
   */
  boolean endedSecretsAreUnknown;

  public final ApiFixture api;

  /** Verifies the short-lived tokens. */
  @SuppressWarnings("NullAway.Init") // set while the API is created
  SignedTokenVerifier verifier;

  public ExchangeFixture() {
    this(List.of(Audience.of(ISSUER)));
  }

  /**
   * @param audience the services that accept the tokens
   */
  public ExchangeFixture(List<Audience> audience) {
    api = ApiFixture.with((tokenService, feature) -> resources(tokenService, feature, audience));
  }

  private Verification withoutEndedSecrets(Verification verdict) {
    return endedSecretsAreUnknown
            && verdict instanceof Verification.Refused refused
            && refused.reason() == Verification.Reason.ENDED_SECRET
        ? new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty())
        : verdict;
  }

  private final class PersonalTokenVerifier implements TokenVerifier {
    private final TokenVerifier service;

    PersonalTokenVerifier(TokenVerifier service) {
      this.service = service;
    }

    @Override
    public Verification verify(RawToken token) {
      return withoutEndedSecrets(service.verify(token));
    }

    @Override
    public Verification verify(RawToken token, ChangeFeed.Position noOlderThan) {
      positions.add(noOlderThan.text());
      return verify(token);
    }
  }

  private final class RecordingSignatureLimit implements SignatureLimit {
    @Override
    public Optional<Duration> exceededBy(String subject, @Nullable String clientAddress) {
      return Optional.ofNullable(signatureLimit);
    }

    @Override
    public void recordResult(String subject, @Nullable String clientAddress, boolean valid) {
      signatures.add(subject + ' ' + valid);
    }
  }

  private List<Object> resources(
      ServiceTokenService tokenService, RoutesFeature feature, List<Audience> audience) {
    Issuer issuer = new Issuer(URI.create("https://tokens.example"));
    PersonalTokenService personal = tokenService.personal().orElseThrow();
    AccessTokenJwtVerifier verifier =
        new AccessTokenJwtVerifier(
            issuer,
            new AccessTokenJwtReader(issuer, keys, clock),
            personal,
            new PersonalTokenVerifier(tokenService.verifier()),
            new RecordingSignatureLimit());
    this.verifier = verifier;
    feature.passOtherBearers().signedTokens(verifier);
    VerificationHandler handler =
        new VerificationHandler(
            new VerificationListener() {
              @Override
              public void accepted(Verification.Accepted accepted, ClientInfo client) {}

              @Override
              public void refused(Verification.Refused refused, ClientInfo client) {
                ExchangeFixture.this.refused.add(refused.reason());
              }

              @Override
              public void unavailable(ClientInfo client) {
                unavailable++;
              }
            },
            address -> Optional.ofNullable(unknownLimit));
    PublishedMetadata metadata =
        new PublishedMetadata(issuer, keys, List.of("refresh_token"), null);
    return List.of(
        new TokenEndpoint(
            List.of(
                new RefreshTokenGrant(
                    personal,
                    tokenService.rawTokenFormat(),
                    tokenService.verifier(),
                    new AccessTokenSigner(issuer, keys),
                    audience,
                    handler,
                    user -> {
                      verified.run();
                      return Optional.ofNullable(limit);
                    },
                    clock))),
        new MetadataEndpoint(metadata),
        new AccessTokenAuthenticationFilter(verifier, false, handler));
  }

  /**
   * Creates a personal token as the given user, and returns the raw token.
   *
   * @param scopes the scopes of the token, as a JSON list
   */
  public String raw(String name, String scopes) {
    return api.mint(name, scopes).getString("rawToken");
  }

  public ApiFixture.Answer exchange(String raw) {
    return request("grant_type=refresh_token&refresh_token=" + raw);
  }

  ApiFixture.Answer request(String form) {
    return api.anonymous().form(TOKEN, form);
  }

  /** Exchanges a personal token and returns the short-lived token. */
  String jwt(String raw) {
    return exchange(raw).expect(200).json().getString("access_token");
  }

  static SignedJWT parsed(String jwt) {
    try {
      return SignedJWT.parse(jwt);
    } catch (ParseException e) {
      throw new AssertionError(e);
    }
  }

  static JWTClaimsSet claims(String jwt) {
    try {
      return parsed(jwt).getJWTClaimsSet();
    } catch (ParseException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Changes the header and the claims of a token. Returns the changed token, signed with the key of
   * this server.
   */
  String resigned(
      String jwt,
      UnaryOperator<JWSHeader.Builder> header,
      UnaryOperator<JWTClaimsSet.Builder> claims) {
    JWSHeader.Builder builder =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(new JOSEObjectType("at+jwt"))
            .keyID(keys.current().id());
    SignedJWT signed =
        new SignedJWT(
            header.apply(builder).build(),
            claims.apply(new JWTClaimsSet.Builder(claims(jwt))).build());
    try {
      signed.sign(new ECDSASigner(keys.current().privateKey()));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return signed.serialize();
  }
}
