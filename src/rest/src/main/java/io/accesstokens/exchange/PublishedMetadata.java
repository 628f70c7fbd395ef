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

/** The public data of this issuer: the addresses of its endpoints, and its keys. */
public final class PublishedMetadata {

  /**
   * Maximum time for which clients may cache a document, in seconds. This time is shorter than
   * {@link SigningKeys#LEAD}. Clients therefore have a new key before the key signs tokens.
   */
  public static final int MAX_AGE_SECONDS = 300;

  /** The value of the {@code Cache-Control} header of each published document. */
  public static final String CACHE_CONTROL = "public, max-age=" + MAX_AGE_SECONDS;

  private static final List<ClientAuthenticationMethod> CLIENT_SECRET =
      List.of(
          ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
          ClientAuthenticationMethod.CLIENT_SECRET_POST);

  private final Issuer issuer;
  private final SigningKeys keys;
  private final byte[] authorizationServer;
  private final byte[] openIdProvider;

  /**
   * Creates the metadata of the authorization server.
   *
   * @param grantTypes the grant types of the token endpoint
   * @param authorizationEndpoint the authorization endpoint (RFC 6749, section 3.1); null if there
   *     is none
   */
  public PublishedMetadata(
      Issuer issuer,
      SigningKeys keys,
      List<String> grantTypes,
      @Nullable URI authorizationEndpoint) {
    this.issuer = issuer;
    this.keys = keys;
    com.nimbusds.oauth2.sdk.id.Issuer name =
        new com.nimbusds.oauth2.sdk.id.Issuer(issuer.identifier());
    AuthorizationServerMetadata server = new AuthorizationServerMetadata(name);
    server.setJWKSetURI(issuer.at(MetadataEndpoint.KEYS_PATH));
    fill(server, issuer, grantTypes, authorizationEndpoint);
    OIDCProviderMetadata provider =
        new OIDCProviderMetadata(
            name, List.of(SubjectType.PUBLIC), issuer.at(MetadataEndpoint.KEYS_PATH));
    fill(provider, issuer, grantTypes, authorizationEndpoint);
    // OpenID Connect Discovery 1.0, section 3, requires this member, although this service creates
    // no ID tokens.
    provider.setIDTokenJWSAlgs(List.of(JWSAlgorithm.ES256));
    // If this member is absent, clients must assume true.
    provider.setSupportsRequestURIParam(false);
    authorizationServer = utf8(server.toJSONObject().toJSONString());
    openIdProvider = utf8(provider.toJSONObject().toJSONString());
  }

  private static void fill(
      AuthorizationServerMetadata metadata,
      Issuer issuer,
      List<String> grantTypes,
      @Nullable URI authorizationEndpoint) {
    if (authorizationEndpoint != null) {
      metadata.setAuthorizationEndpointURI(authorizationEndpoint);
    }
    metadata.setTokenEndpointURI(issuer.tokenEndpoint());
    metadata.setIntrospectionEndpointURI(issuer.introspectionEndpoint());
    metadata.setRevocationEndpointURI(issuer.revocationEndpoint());
    metadata.setGrantTypes(grantTypes.stream().map(PublishedMetadata::grantType).toList());
    metadata.setResponseTypes(List.of(ResponseType.CODE));
    metadata.setCodeChallengeMethods(List.of(CodeChallengeMethod.S256));
    List<ClientAuthenticationMethod> optional = new ArrayList<>(CLIENT_SECRET);
    optional.add(0, ClientAuthenticationMethod.NONE);
    metadata.setTokenEndpointAuthMethods(optional);
    metadata.setRevocationEndpointAuthMethods(optional);
    List<ClientAuthenticationMethod> required = new ArrayList<>(CLIENT_SECRET);
    // The authentication methods of introspection can also be token types (RFC 8414, section 2).
    required.add(0, new ClientAuthenticationMethod("Bearer"));
    metadata.setIntrospectionEndpointAuthMethods(required);
  }

  private static GrantType grantType(String name) {
    try {
      return GrantType.parse(name);
    } catch (ParseException e) {
      throw new IllegalArgumentException("not a valid grant type: " + name, e);
    }
  }

  /** Returns the authorization server metadata (RFC 8414) in JSON. */
  public byte[] authorizationServer() {
    return authorizationServer.clone();
  }

  /**
   * Returns the metadata in the format of OpenID Connect Discovery, in JSON. The document contains
   * only the members that OAuth clients read and the members that the specification requires.
   */
  byte[] openIdProvider() {
    return openIdProvider.clone();
  }

  /**
   * Returns the path of the issuer's identifier, with a slash at the start. The path of the
   * metadata consists of the well-known path and this path (RFC 8414, section 3.1).
   */
  public String issuerPath() {
    return issuer.at("auth").getRawPath();
  }

  /** Returns the keys as a JWK set (RFC 7517, section 5), in JSON. */
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
