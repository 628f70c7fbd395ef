package io.accesstokens.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * A minimal OpenID provider for tests that do not need Keycloak. The provider has no sign-in page.
 * A test calls {@link #signIn} to sign in a user.
 */
public final class OpenIdIssuer implements AutoCloseable {

  private static final int SECONDS = 300;

  private final HttpServer server;
  private final RSAKey key;
  private volatile String idToken = "";

  private OpenIdIssuer(HttpServer server, RSAKey key) {
    this.server = server;
    this.key = key;
  }

  /** Starts the provider on a free loopback port. */
  public static OpenIdIssuer start() throws IOException, JOSEException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    OpenIdIssuer issuer =
        new OpenIdIssuer(server, new RSAKeyGenerator(2048).keyID("one").generate());
    server.createContext(
        "/.well-known/openid-configuration", exchange -> answer(exchange, issuer.metadata()));
    server.createContext(
        "/keys", exchange -> answer(exchange, new JWKSet(issuer.key.toPublicJWK()).toString()));
    server.createContext(
        "/token",
        exchange ->
            answer(
                exchange,
                "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\""
                    + issuer.idToken
                    + "\"}"));
    server.start();
    return issuer;
  }

  /** Returns the issuer URL. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String metadata() {
    return """
    {"issuer": "%1$s", "authorization_endpoint": "%1$s/auth", "token_endpoint": "%1$s/token",
     "jwks_uri": "%1$s/keys", "response_types_supported": ["code"],
     "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]}
    """
        .formatted(url());
  }

  /**
   * Creates an ID token for this user. All later responses of the token endpoint contain this ID
   * token.
   */
  public void signIn(String username, String clientId, String nonce) throws JOSEException {
    signIn(username, clientId, nonce, null);
  }

  /**
   * Creates an ID token for this user. All later responses of the token endpoint contain this ID
   * token.
   *
   * @param authTime the time at which the user signed in at the provider; null omits the claim
   *     {@code auth_time}
   */
  public void signIn(String username, String clientId, String nonce, @Nullable Instant authTime)
      throws JOSEException {
    Instant now = Instant.now();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
            new JWTClaimsSet.Builder()
                .issuer(url())
                .subject(username)
                .audience(clientId)
                .claim("nonce", nonce)
                .claim("preferred_username", username)
                .claim("auth_time", authTime == null ? null : authTime.getEpochSecond())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(SECONDS)))
                .build());
    jwt.sign(new RSASSASigner(key));
    idToken = jwt.serialize();
  }

  private static void answer(HttpExchange exchange, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
