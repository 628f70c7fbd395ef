package io.accesstokens.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import io.accesstokens.exchange.UnverifiedJwt;
import io.accesstokens.jwt.JwtListener.Reason;
import io.accesstokens.jwt.JwtVerdict.Refused;
import io.accesstokens.login.openid.VerifiedEmail;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies the JWTs of one issuer by the rules of the package documentation. */
final class JwtVerifier {

  private static final JOSEObjectType BACKSTAGE_USER = new JOSEObjectType("vnd.backstage.user");

  /**
   * Names of the header members that contain a key or the address of a key (RFC 7515, section 4.1).
   */
  private static final Set<String> KEY_MEMBERS = Set.of("jwk", "jku", "x5c", "x5u");

  private final TrustedIssuer issuer;
  private final IssuerKeys keys;
  private final InstantSource clock;
  private final DefaultJWTProcessor<SecurityContext> processor;

  JwtVerifier(TrustedIssuer issuer, IssuerKeys keys, InstantSource clock) {
    this.issuer = issuer;
    this.keys = keys;
    this.clock = clock;
    this.processor = new DefaultJWTProcessor<>();
    // A typ can have the prefix application/ (RFC 7515, section 4.1.9).
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT,
            new JOSEObjectType("application/jwt"),
            new JOSEObjectType("at+jwt"),
            new JOSEObjectType("application/at+jwt"),
            BACKSTAGE_USER,
            null));
    processor.setJWSKeySelector(keys);
    processor.setJWTClaimsSetVerifier(new Claims(issuer, clock));
  }

  private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {

    private final InstantSource clock;

    Claims(TrustedIssuer issuer, InstantSource clock) {
      super(
          Set.of(issuer.audience()),
          new JWTClaimsSet.Builder().issuer(issuer.issuer()).build(),
          Set.of("exp", "aud"),
          Set.of("cnf"));
      this.clock = clock;
      setMaxClockSkew((int) issuer.clockSkew().toSeconds());
    }

    @Override
    protected Date currentTime() {
      return Date.from(clock.instant());
    }
  }

  /**
   * Verifies a token.
   *
   * @throws KeysUnavailableException if the token cannot be verified now, because the keys of the
   *     issuer cannot be read
   */
  JwtVerdict verify(UnverifiedJwt token) {
    SignedJWT jwt = token.jwt();
    if (!isAcceptable(jwt.getHeader())) {
      return new Refused(Reason.UNACCEPTABLE_HEADER);
    }
    try {
      return caller(processor.process(jwt, null));
    } catch (KeySourceException e) {
      throw new KeysUnavailableException(
          "a token of " + issuer.issuer() + " cannot be verified now", e);
    } catch (ExpiredJWTException e) {
      return new Refused(Reason.EXPIRED);
    } catch (BadJWTException e) {
      return new Refused(unacceptable(token.claims()));
    } catch (BadJWSException e) {
      return new Refused(Reason.WRONG_SIGNATURE);
    } catch (BadJOSEException e) {
      // The type of the token was verified before, so the cause is a missing key.
      return new Refused(Reason.UNKNOWN_KEY);
    } catch (JOSEException e) {
      // The key cannot verify a signature of the algorithm in the header.
      return new Refused(Reason.WRONG_SIGNATURE);
    }
  }

  private Reason unacceptable(JWTClaimsSet claims) {
    if (!claims.getAudience().contains(issuer.audience())) {
      return Reason.WRONG_AUDIENCE;
    }
    Date notBefore = claims.getNotBeforeTime();
    Instant latest = clock.instant().plus(issuer.clockSkew());
    return notBefore != null && !notBefore.toInstant().isBefore(latest)
        ? Reason.NOT_YET_VALID
        : Reason.UNACCEPTABLE_CLAIMS;
  }

  private boolean isAcceptable(JWSHeader header) {
    if (!keys.isAllowed(header)
        || header.getCriticalParams() != null
        || !header.isBase64URLEncodePayload()
        || hasKeyMember(header.toJSONObject().keySet())) {
      return false;
    }
    try {
      processor.getJWSTypeVerifier().verify(header.getType(), null);
      return true;
    } catch (BadJOSEException e) {
      return false;
    }
  }

  private static boolean hasKeyMember(Set<String> members) {
    return members.stream().anyMatch(KEY_MEMBERS::contains);
  }

  private JwtVerdict caller(JWTClaimsSet claims) {
    // The library counts a claim with the value null as present.
    if (claims.getExpirationTime() == null || !isOfAUser(claims.getClaim("typ"))) {
      return new Refused(Reason.UNACCEPTABLE_CLAIMS);
    }
    if (!VerifiedEmail.isVerifiedIfUsed(
        claims.getClaims(), issuer.user().placeholder(), issuer.groups().placeholder())) {
      return new Refused(Reason.UNVERIFIED_EMAIL);
    }
    Optional<EntityRef> user =
        claims.getClaim(issuer.user().placeholder()) instanceof String name
            ? issuer.user().of(name)
            : Optional.empty();
    if (user.isEmpty()) {
      return new Refused(Reason.NO_USER);
    }
    return new JwtVerdict.Accepted(user.get(), groups(claims));
  }

  /**
   * Returns false if the claim {@code typ} is a Backstage type other than the type of a user token.
   * Returns true for all other values, because other issuers use this claim for their own purposes.
   */
  private static boolean isOfAUser(@Nullable Object typ) {
    return !(typ instanceof String text)
        || !text.startsWith("vnd.backstage.")
        || text.equals(BACKSTAGE_USER.getType());
  }

  private Set<EntityRef> groups(JWTClaimsSet claims) {
    Set<EntityRef> groups = new HashSet<>();
    if (claims.getClaim(issuer.groups().placeholder()) instanceof List<?> names) {
      for (Object name : names) {
        if (name instanceof String text) {
          issuer.groups().of(text).ifPresent(groups::add);
        }
      }
    }
    return groups;
  }
}
