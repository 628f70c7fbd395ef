package io.accesstokens.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import jakarta.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A server that answers {@code whoami} about tokens it was told of, as the service does. */
public final class WhoAmIService implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final HttpServer server;

  /** Starts it on a free loopback port. */
  public WhoAmIService() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/api/access-tokens/whoami", this::answer);
    server.start();
  }

  /** Where it is. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A raw token that nobody knows. */
  public static String unknownToken() {
    return RawTokenFormat.DEFAULT.mint(RawToken.Kind.SERVICE, RANDOM).reveal();
  }

  /** Makes a token of the group {@code platform} with that name and those scopes. */
  public String token(String name, String... scopes) {
    String rawToken = unknownToken();
    var list = Json.createArrayBuilder();
    for (String scope : scopes) {
      list.add(scope);
    }
    answers.put(
        "Bearer " + rawToken,
        Json.createObjectBuilder()
            .add("type", "service")
            .add("subject", "service-token:group:default/platform:" + name)
            .add("scopes", list)
            .add("permissions", Json.createArrayBuilder())
            .add("expiresAt", "2099-01-01T00:00:00.000Z")
            .add("tokenId", UUID.randomUUID().toString())
            .build()
            .toString());
    return rawToken;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String answer = answers.get(exchange.getRequestHeaders().getFirst("Authorization"));
      if (answer == null) {
        exchange
            .getResponseHeaders()
            .add("WWW-Authenticate", "Bearer realm=\"access-tokens\", error=\"invalid_token\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      byte[] body = answer.getBytes(StandardCharsets.UTF_8);
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
