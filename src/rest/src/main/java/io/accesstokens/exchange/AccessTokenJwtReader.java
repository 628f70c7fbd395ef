package io.accesstokens.exchange;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
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

/**
 * Reads JWTs of this service. Verifies that this service has signed a JWT and that the JWT has not
 * expired. The documentation of this package lists all conditions.
 */
public final class AccessTokenJwtReader {

  /**
   * The allowed members of a JWT's header. Other members are rejected, because they could contain a
   * key or an extension.
   */
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
   * Creates a reader.
   *
   * @param clock the clock for the expiry of JWTs
   */
  public AccessTokenJwtReader(Issuer issuer, SigningKeys keys, InstantSource clock) {
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

  /** The result of the verification of a text as a JWT. */
  sealed interface Reading {

    /** The text is a JWT that this service has signed and that has not expired. */
    record Valid(AccessTokenJwt token) implements Reading {}

    /** The text is not a JWT of this service, or the JWT has expired. */
    record Invalid(Reason reason) implements Reading {}
  }

  /**
   * Returns true if the text is a JWT with the {@code iss} of this issuer. This method does not
   * verify the signature.
   */
  boolean isOurs(String text) {
    return UnverifiedJwt.parse(text).filter(this::isOurs).isPresent();
  }

  /**
   * Returns the subject of a JWT for the {@code SignatureLimit}: the claims {@code iss} and {@code
   * sub}, separated by a line feed. This method does not verify the signature.
   *
   * @return empty if the {@code iss} is not this issuer
   */
  Optional<String> claimedSubject(UnverifiedJwt jwt) {
    return isOurs(jwt) ? Optional.of(issuer.identifier() + '\n' + jwt.subject()) : Optional.empty();
  }

  private boolean isOurs(UnverifiedJwt jwt) {
    return issuer.identifier().equals(jwt.issuer());
  }

  /**
   * Verifies a text as a JWT.
   *
   * @throws io.accesstokens.token.StoreUnavailableException if the public key cannot be looked up
   *     now
   */
  Reading read(String text) {
    return UnverifiedJwt.parse(text).map(this::read).orElse(new Reading.Invalid(Reason.MALFORMED));
  }

  /** Verifies a JWT that is already parsed, as {@link #read(String)} does. */
  Reading read(UnverifiedJwt jwt) {
    if (!isOurs(jwt)) {
      return new Reading.Invalid(Reason.UNKNOWN);
    }
    if (!HEADER.containsAll(jwt.jwt().getHeader().toJSONObject().keySet())) {
      return new Reading.Invalid(Reason.UNKNOWN);
    }
    try {
      return new Reading.Valid(token(processor.process(jwt.jwt(), null)));
    } catch (ExpiredJWTException e) {
      return new Reading.Invalid(Reason.EXPIRED);
    } catch (BadJOSEException | JOSEException | ParseException e) {
      return new Reading.Invalid(Reason.UNKNOWN);
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
      throw new IllegalStateException(
          "this service has signed a JWT that is not an access token", e);
    }
  }
}
