package io.accesstokens.exchange;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.signing.SigningKey;
import io.accesstokens.signing.SigningKeys;
import java.util.Date;
import java.util.List;

/** Signs short-lived tokens (RFC 9068) with the current signing key. */
public final class AccessTokenSigner {

  private final Issuer issuer;
  private final SigningKeys keys;

  public AccessTokenSigner(Issuer issuer, SigningKeys keys) {
    this.issuer = issuer;
    this.keys = keys;
  }

  /**
   * Signs a short-lived token with the current signing key.
   *
   * @param ownership the entity refs of the user and of the user's groups, for the claim {@code
   *     ent}
   * @return the signed token in compact form, which is a secret
   * @throws io.accesstokens.token.StoreUnavailableException if no signing key is available
   */
  String sign(AccessTokenJwt token, List<String> ownership) {
    SigningKey key = keys.current();
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(new JOSEObjectType(AccessTokenJwt.TYPE))
            .keyID(key.id())
            .build();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer.identifier())
            .subject(token.user().toString())
            .claim(AccessTokenJwt.OWNERSHIP, ownership)
            .audience(token.audience())
            .claim("client_id", AccessTokenJwt.CLIENT_ID)
            .issueTime(Date.from(token.issuedAt()))
            .expirationTime(Date.from(token.expiresAt()))
            .jwtID(token.id())
            .claim("scope", String.join(" ", token.scopes()))
            .claim(AccessTokenJwt.PARENT, token.parent().toString())
            .build();
    SignedJWT jwt = new SignedJWT(header, claims);
    try {
      jwt.sign(new ECDSASigner(key.privateKey()));
    } catch (JOSEException e) {
      throw new IllegalStateException(
          "signing with ES256 failed, although the key is a P-256 key", e);
    }
    return jwt.serialize();
  }
}
