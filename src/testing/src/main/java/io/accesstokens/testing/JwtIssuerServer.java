package io.accesstokens.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Issues JWTs in the format of Backstage's user tokens. Publishes the public keys over HTTP on a
 * loopback port. A test can replace the HTTP responses.
 */
public final class JwtIssuerServer implements AutoCloseable {

  /** Audience ({@code aud}) of the issued tokens. */
  public static final String AUDIENCE = "backstage";

  private static final String TYPE = "vnd.backstage.user";
  private static final String PATH = "/.well-known/jwks.json";

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();
  private final List<JWK> published = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private final int port;
  private @Nullable ClosedPort closed;
  private volatile JWK key;
  private volatile KeysHandler handler = JwtIssuerServer::answer;

  /** Handles an HTTP request for the public keys. */
  @FunctionalInterface
  public interface KeysHandler {
    /**
     * Sends a response. The handler may also send no response.
     *
     * @param keys the published keys, as a JSON Web Key Set in UTF-8
     */
    void answer(HttpExchange exchange, byte[] keys) throws IOException;
  }

  /** Starts an issuer with one ES256 key. */
  public JwtIssuerServer() throws Exception {
    key = ellipticKey();
    published.add(key.toPublicJWK());
    server = listen(0);
    port = server.getAddress().getPort();
  }

  private HttpServer listen(int on) throws IOException {
    HttpServer listening =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), 50);
    listening.setExecutor(executor);
    listening.createContext(
        PATH,
        exchange -> {
          requests.incrementAndGet();
          byte[] body =
              new JWKSet(List.copyOf(published)).toString().getBytes(StandardCharsets.UTF_8);
          handler.answer(exchange, body);
        });
    listening.start();
    return listening;
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Returns a new, unpublished ES256 key. */
  public static JWK ellipticKey() throws JOSEException {
    return new ECKeyGenerator(Curve.P_256)
        .keyID(UUID.randomUUID().toString())
        .keyUse(KeyUse.SIGNATURE)
        .algorithm(JWSAlgorithm.ES256)
        .generate();
  }

  /** Returns a new, unpublished RSA key for RS256 and similar algorithms. */
  public static RSAKey rsaKey() throws JOSEException {
    return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
  }

  /** Returns the issuer ({@code iss}) of the issued tokens. */
  public String issuer() {
    return "http://127.0.0.1:" + port + "/api/auth";
  }

  /** Returns the URL of the published keys. */
  public URI keys() {
    return URI.create("http://127.0.0.1:" + port + PATH);
  }

  /** Returns the number of HTTP requests for the published keys. */
  public int requests() {
    return requests.get();
  }

  /** Returns the key that signs new tokens. */
  public JWK key() {
    return key;
  }

  /**
   * Publishes this key in addition to the earlier keys, and signs all later tokens with this key.
   */
  public void signWith(JWK next) {
    published.add(next.toPublicJWK());
    key = next;
  }

  /** Replaces all published keys by a new key, and signs all later tokens with the new key. */
  public void rotate() throws JOSEException {
    JWK next = ellipticKey();
    signWith(next);
    published.removeIf(old -> !old.getKeyID().equals(next.getKeyID()));
  }

  /** Sets the handler of all later requests for the published keys. */
  public void setHandler(KeysHandler next) {
    handler = next;
  }

  /** Restores the default handler. The default handler responds with the published keys. */
  public void resetHandler() {
    handler = JwtIssuerServer::answer;
  }

  /**
   * Accepts all later requests for the published keys, but sends no response until the issuer is
   * closed.
   */
  public void hang() {
    handler =
        (exchange, keys) -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
  }

  /** Stops the HTTP server, and reserves its port. */
  public void stop() {
    server.stop(0);
    closed = new ClosedPort(port);
  }

  /** Starts the HTTP server again, on the same port. */
  public void restart() throws IOException {
    releasePort();
    server = listen(port);
  }

  private void releasePort() {
    ClosedPort reserved = closed;
    if (reserved != null) {
      reserved.close();
    }
  }

  /**
   * Returns the claims of a valid token for this subject. The token expires after one hour.
   *
   * @param ownership the entity refs of the claim {@code ent}
   */
  public JWTClaimsSet.Builder claims(String subject, String... ownership) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .audience(AUDIENCE)
        .subject(subject)
        .claim("ent", List.of(ownership))
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plus(Duration.ofHours(1))))
        .claim("uip", "c2lnbmF0dXJl");
  }

  /**
   * Returns a valid token for this subject. The token expires after one hour.
   *
   * @param ownership the entity refs of the claim {@code ent}
   */
  public String token(String subject, String... ownership) {
    return sign(claims(subject, ownership).build());
  }

  /** Returns a token with these claims, signed with the current key. */
  public String sign(JWTClaimsSet claims) {
    return sign(claims, key, header -> {});
  }

  /**
   * Returns a token with these claims, signed with the given key.
   *
   * @param change changes the header before the token is signed
   */
  public String sign(JWTClaimsSet claims, JWK with, Consumer<JWSHeader.Builder> change) {
    JWSAlgorithm algorithm = with instanceof RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256;
    JWSHeader.Builder header =
        new JWSHeader.Builder(algorithm).type(new JOSEObjectType(TYPE)).keyID(with.getKeyID());
    change.accept(header);
    return sign(header.build().toString(), claims.toString(), with, header.build());
  }

  /**
   * Returns a token with the given header and claims, signed with the given key. The header and the
   * claims may be invalid.
   */
  public String sign(String header, String claims, JWK with) {
    return sign(
        header,
        claims,
        with,
        new JWSHeader(with instanceof RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256));
  }

  private static String sign(String header, String claims, JWK with, JWSHeader by) {
    String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
    try {
      return input
          + "."
          + new DefaultJWSSignerFactory()
              .createJWSSigner(with, by.getAlgorithm())
              .sign(new JWSHeader(by.getAlgorithm()), input.getBytes(StandardCharsets.US_ASCII));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    releasePort();
    executor.shutdownNow();
  }
}
