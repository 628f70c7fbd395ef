package io.accesstokens.exchange;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.SubjectType;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.signing.SigningKey;
import io.accesstokens.signing.SigningKeys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What everybody may know of this issuer: where its endpoints are, and its keys. */
public final class PublishedMetadata {

  /** For how long it may be kept, in seconds; less than {@link SigningKeys#LEAD}. */
  public static final int MAX_AGE_SECONDS = 300;

  /** The {@code Cache-Control} of each document. */
  public static final String CACHE_CONTROL = "public, max-age=" + MAX_AGE_SECONDS;

  private final Issuer issuer;
  private final SigningKeys keys;
  private final byte[] authorizationServer;
  private final byte[] openIdProvider;

  /**
   * @param grantTypes those of the token endpoint
   * @param authorizationEndpoint where a user is asked (RFC 6749, section 3.1); null if nowhere
   * @param basic whether people authenticate by HTTP Basic
   */
  public PublishedMetadata(
      Issuer issuer,
      SigningKeys keys,
      List<String> grantTypes,
      @Nullable URI authorizationEndpoint,
      boolean basic) {
    this.issuer = issuer;
    this.keys = keys;
    com.nimbusds.oauth2.sdk.id.Issuer name =
        new com.nimbusds.oauth2.sdk.id.Issuer(issuer.identifier());
    AuthorizationServerMetadata server = new AuthorizationServerMetadata(name);
    server.setJWKSetURI(issuer.at(KeySetEndpoint.PATH));
    fill(server, issuer, grantTypes, authorizationEndpoint, basic);
    OIDCProviderMetadata provider =
        new OIDCProviderMetadata(name, List.of(SubjectType.PUBLIC), issuer.at(KeySetEndpoint.PATH));
    fill(provider, issuer, grantTypes, authorizationEndpoint, basic);
    // Required there (OpenID Connect Discovery 1.0, section 3), though no ID token is given here.
    provider.setIDTokenJWSAlgs(List.of(JWSAlgorithm.ES256));
    // Where nothing is said, it is supported.
    provider.setSupportsRequestURIParam(false);
    authorizationServer = utf8(server.toJSONObject().toJSONString());
    openIdProvider = utf8(provider.toJSONObject().toJSONString());
  }

  private static void fill(
      AuthorizationServerMetadata metadata,
      Issuer issuer,
      List<String> grantTypes,
      @Nullable URI authorizationEndpoint,
      boolean basic) {
    if (authorizationEndpoint != null) {
      metadata.setAuthorizationEndpointURI(authorizationEndpoint);
    }
    metadata.setTokenEndpointURI(issuer.tokenEndpoint());
    metadata.setIntrospectionEndpointURI(issuer.introspectionEndpoint());
    metadata.setRevocationEndpointURI(issuer.revocationEndpoint());
    metadata.setGrantTypes(grantTypes.stream().map(PublishedMetadata::grantType).toList());
    metadata.setResponseTypes(List.of(ResponseType.CODE));
    metadata.setCodeChallengeMethods(List.of(CodeChallengeMethod.S256));
    metadata.setTokenEndpointAuthMethods(List.of(ClientAuthenticationMethod.NONE));
    metadata.setRevocationEndpointAuthMethods(List.of(ClientAuthenticationMethod.NONE));
    List<ClientAuthenticationMethod> asking = new ArrayList<>();
    // A type of token is a method, too (RFC 8414, section 2).
    asking.add(new ClientAuthenticationMethod("Bearer"));
    if (basic) {
      asking.add(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
    }
    metadata.setIntrospectionEndpointAuthMethods(asking);
  }

  private static GrantType grantType(String name) {
    try {
      return GrantType.parse(name);
    } catch (ParseException e) {
      throw new IllegalArgumentException("no grant type", e);
    }
  }

  /** The document of RFC 8414, in JSON. */
  public byte[] authorizationServer() {
    return authorizationServer.clone();
  }

  /** The document of OpenID Connect Discovery, in JSON: what clients of OAuth read of it. */
  byte[] openIdProvider() {
    return openIdProvider.clone();
  }

  /**
   * The path at which RFC 8414, section 3.1, has the first document, within its well-known one:
   * that of the issuer, with a slash at its beginning.
   */
  public String issuerPath() {
    return issuer.at("auth").getRawPath();
  }

  /** The keys as a JWK set (RFC 7517, section 5), in JSON. */
  byte[] keySet() {
    List<JWK> published = new ArrayList<>();
    keys.published().forEach(key -> published.add(publicKey(key)));
    return utf8(new JWKSet(published).toString(true));
  }

  private static ECKey publicKey(SigningKey key) {
    return new ECKey.Builder(Curve.P_256, key.publicKey())
        .keyID(key.id())
        .keyUse(KeyUse.SIGNATURE)
        .algorithm(JWSAlgorithm.ES256)
        .build();
  }

  private static byte[] utf8(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
