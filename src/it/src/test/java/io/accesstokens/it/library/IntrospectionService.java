package io.accesstokens.it.library;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server that introspects registered tokens. The server grants no lease, like the service with
 * some stores.
 */
public final class IntrospectionService implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final HttpServer server;

  /** Starts the server on a free loopback port. */
  public IntrospectionService() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/api/access-tokens/introspect", this::introspect);
    server.createContext("/api/access-tokens/changes", this::changes);
    server.start();
  }

  /** Returns the URL of the server. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Token with which a verifier authenticates itself. */
  public static final String VERIFIER = "bsat_the-verifiers-own";

  /** Returns a raw token that is not registered. */
  public static String unknownToken() {
    return RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, RANDOM).reveal();
  }

  /** Registers a token of the group {@code platform} with that name and those scopes. */
  public String token(String name, String... scopes) {
    return register(description(name, scopes));
  }

  /**
   * Registers a token of the group {@code platform} with limits.
   *
   * @param allowedAddresses the addresses and ranges from which the token can be used
   */
  public String limitedToken(
      String name, String scope, List<String> allowedAddresses, int requestsPerMinute) {
    return register(
        description(name, scope)
            .add("allowed_addresses", Json.createArrayBuilder(allowedAddresses))
            .add("requests_per_minute", requestsPerMinute));
  }

  private static JsonObjectBuilder description(String name, String... scopes) {
    return Json.createObjectBuilder()
        .add("active", true)
        .add("sub", "service-token:group:default/platform:" + name)
        .add("scope", String.join(" ", scopes))
        .add("jti", UUID.randomUUID().toString())
        .add("expires_at", "2099-01-01T00:00:00.000Z");
  }

  private String register(JsonObjectBuilder description) {
    String rawToken = unknownToken();
    // A verifier that does not enforce limits would send another form.
    answers.put("token=" + rawToken + "&enforces_limits=true", description.build().toString());
    return rawToken;
  }

  private void introspect(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    answer(exchange, answers.getOrDefault(form, "{\"active\":false}"));
  }

  private void changes(HttpExchange exchange) throws IOException {
    String nonce =
        exchange.getRequestURI().getQuery().replaceFirst("(?:.*&)?nonce=([^&]*).*", "$1");
    answer(
        exchange,
        ("{\"nonce\":\"%s\",\"leaseMillis\":0,\"lastNumber\":0,\"entries\":[],"
                + "\"complete\":true,\"server\":\"none\"}")
            .formatted(nonce));
  }

  private static void answer(HttpExchange exchange, String json) throws IOException {
    try (exchange) {
      if (!("Bearer " + VERIFIER).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json;charset=utf-8");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
