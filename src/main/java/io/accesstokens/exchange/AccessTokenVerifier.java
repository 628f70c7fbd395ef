package io.accesstokens.exchange;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import com.nimbusds.oauth2.sdk.Scope;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification.Reason;
import java.security.Key;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Says whether a token was signed here, by the rules of the package's documentation. */
public final class AccessTokenVerifier {

  /** The longest token in characters; a server's limit for a header is lower. */
  private static final int MAX_LENGTH = 32_768;

  /** Base64url without padding; three parts of it. The library passes over what is none. */
  private static final Pattern COMPACT =
      Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");

  /** All that a header of ours holds: no key of its own, no extension. */
  private static final Set<String> HEADER = Set.of("alg", "typ", "kid");

  private static final Set<String> REQUIRED =
      Set.of(
          "sub",
          "aud",
          "exp",
          "iat",
          "jti",
          "scope",
          "client_id",
          AccessTokenJwt.OWNERSHIP,
          AccessTokenJwt.PARENT);

  private final Issuer issuer;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  /**
   * @param clock says what is over
   */
  public AccessTokenVerifier(Issuer issuer, SigningKeys keys, InstantSource clock) {
    this.issuer = issuer;
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType(AccessTokenJwt.TYPE)));
    processor.setJWSKeySelector((header, context) -> keysFor(header, keys));
    processor.setJWTClaimsSetVerifier(new Claims(issuer, clock));
  }

  private static List<? extends Key> keysFor(JWSHeader header, SigningKeys keys) {
    String id = header.getKeyID();
    return id == null || !JWSAlgorithm.ES256.equals(header.getAlgorithm())
        ? List.of()
        : keys.find(id).map(key -> List.of(key.publicKey())).orElse(List.of());
  }

  private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {

    private final InstantSource clock;

    Claims(Issuer issuer, InstantSource clock) {
      super(
          null,
          new JWTClaimsSet.Builder()
              .issuer(issuer.identifier())
              .claim("client_id", AccessTokenJwt.CLIENT_ID)
              .build(),
          REQUIRED,
          Set.of("cnf"));
      this.clock = clock;
      setMaxClockSkew(0);
    }

    @Override
    protected Date currentTime() {
      return Date.from(clock.instant());
    }
  }

  /** What becomes of a text. */
  sealed interface Reading {

    /** It was signed here, and is not over. */
    record Good(AccessTokenJwt token) implements Reading {}

    /** It was not, or is. */
    record Bad(Reason reason) implements Reading {}
  }

  /** Whether a text says that it is a token of this issuer: if it is good at all, it is ours. */
  boolean isOurs(String text) {
    return parse(text).filter(jwt -> issuer.identifier().equals(issuerOf(jwt))).isPresent();
  }

  /**
   * Returns the issuer and subject that a text claims to have, unverified.
   *
   * @return empty if it is not a JWT that names this issuer
   */
  Optional<String> claimedSubject(String text) {
    return parse(text)
        .filter(jwt -> issuer.identifier().equals(issuerOf(jwt)))
        .map(jwt -> issuer.identifier() + '\n' + subjectOf(jwt));
  }

  private static String subjectOf(SignedJWT jwt) {
    try {
      String subject = jwt.getJWTClaimsSet().getSubject();
      return subject == null ? "" : subject;
    } catch (ParseException e) {
      throw new IllegalStateException("it was read before", e);
    }
  }

  /**
   * Reads a token.
   *
   * @throws io.accesstokens.token.StoreUnavailable if its key cannot be looked for now
   */
  Reading read(String text) {
    Optional<SignedJWT> jwt = parse(text);
    if (jwt.isEmpty()) {
      return new Reading.Bad(Reason.MALFORMED);
    }
    if (!issuer.identifier().equals(issuerOf(jwt.get()))) {
      return new Reading.Bad(Reason.UNKNOWN);
    }
    if (!HEADER.containsAll(jwt.get().getHeader().toJSONObject().keySet())) {
      return new Reading.Bad(Reason.UNKNOWN);
    }
    try {
      return new Reading.Good(token(processor.process(jwt.get(), null)));
    } catch (ExpiredJWTException e) {
      return new Reading.Bad(Reason.EXPIRED);
    } catch (BadJOSEException | JOSEException | ParseException e) {
      return new Reading.Bad(Reason.UNKNOWN);
    }
  }

  private static AccessTokenJwt token(JWTClaimsSet claims) throws ParseException {
    try {
      return new AccessTokenJwt(
          claims.getJWTID(),
          UUID.fromString(claims.getStringClaim(AccessTokenJwt.PARENT)),
          EntityRef.parseUser(claims.getSubject()).orElseThrow(IllegalArgumentException::new),
          claims.getAudience(),
          Scope.parse(claims.getStringClaim("scope")).toStringList(),
          claims.getIssueTime().toInstant(),
          claims.getExpirationTime().toInstant());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("signed here, but not as tokens are", e);
    }
  }

  private static Optional<SignedJWT> parse(String text) {
    if (text.length() > MAX_LENGTH || !COMPACT.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      SignedJWT jwt = SignedJWT.parse(text);
      return jwt.getJWTClaimsSet() == null ? Optional.empty() : Optional.of(jwt);
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  private static String issuerOf(SignedJWT jwt) {
    try {
      String named = jwt.getJWTClaimsSet().getIssuer();
      return named == null ? "" : named;
    } catch (ParseException e) {
      throw new IllegalStateException("it was read before", e);
    }
  }
}
