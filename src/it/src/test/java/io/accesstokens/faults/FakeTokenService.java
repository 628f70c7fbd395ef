package io.accesstokens.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.testing.client.ServiceTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A minimal service with the interface of a replica. A test can configure it to break one
 * guarantee. The fault run must detect the broken guarantee. No test of the product uses this
 * service.
 */
final class FakeTokenService implements AutoCloseable {

  /** The raw tokens of a token. */
  private record Secrets(String current, @Nullable String previous) {}

  /** The state that the replicas share. */
  static final class Database {
    private final Set<String> valid = ConcurrentHashMap.newKeySet();
    private final Map<String, Secrets> secrets = new ConcurrentHashMap<>();
  }

  /** The behavior of a service. */
  enum Behavior {
    SOUND,
    /** Caches verdicts for 300 ms. */
    CACHES_VERDICTS,
    /** Rejects every fifth token that it should accept. */
    REFUSES_VALID,
    /** Returns 503 once in a hundred times without a reason. */
    UNAVAILABLE_AT_TIMES,
    /** Returns 500 once in a hundred times. */
    FAILS_AT_TIMES,
    /** Responds to a revocation before it is done. */
    ANSWERS_TOO_EARLY
  }

  private static final long BELIEVED_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final int EARLY_MILLIS = 50;

  private final Database database;
  private final Behavior behavior;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Long> seen = new ConcurrentHashMap<>();
  private final AtomicInteger checks = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();

  FakeTokenService(Database database, Behavior behavior) throws IOException {
    this.database = database;
    this.behavior = behavior;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext(ServiceTokens.PATH, this::manage);
    server.createContext(ServiceTokens.WHOAMI, this::check);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Creates, rotates and revokes tokens. */
  private void manage(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath().substring(ServiceTokens.PATH.length());
    String[] segments = path.split("/", -1);
    if (segments.length < 2) {
      String id = UUID.randomUUID().toString();
      database.secrets.put(id, new Secrets(id, null));
      database.valid.add(id);
      answer(exchange, 201, "{\"token\":{\"id\":\"%s\"},\"rawToken\":\"%s\"}".formatted(id, id));
    } else if (path.endsWith("/rotate")) {
      rotate(exchange, segments[1]);
    } else if (path.endsWith("/previous-secret")) {
      String previous = previousSecret(segments[1]);
      delete(exchange, 404, () -> invalidate(previous));
    } else {
      delete(exchange, 409, () -> revoke(segments[1]));
    }
  }

  /** Rotates a token. A further rotation ends the older secret. */
  private void rotate(HttpExchange exchange, String id) throws IOException {
    String added = UUID.randomUUID().toString();
    database.valid.add(added);
    database.secrets.compute(
        id,
        (key, before) -> {
          invalidate(before == null ? null : before.previous());
          return new Secrets(added, before == null ? null : before.current());
        });
    answer(exchange, 200, "{\"rawToken\":\"%s\"}".formatted(added));
  }

  /** Returns the current previous secret of a token. */
  private @Nullable String previousSecret(String id) {
    Secrets secrets = database.secrets.get(id);
    return secrets == null ? null : secrets.previous();
  }

  private boolean revoke(String id) {
    Secrets secrets = database.secrets.get(id);
    if (secrets == null) {
      return false;
    }
    boolean previous = invalidate(secrets.previous());
    return invalidate(secrets.current()) || previous;
  }

  private boolean invalidate(@Nullable String rawToken) {
    return rawToken != null && database.valid.remove(rawToken);
  }

  private void delete(HttpExchange exchange, int repeatStatus, BooleanSupplier change)
      throws IOException {
    if (behavior == Behavior.ANSWERS_TOO_EARLY) {
      answer(exchange, 204, "");
      pause();
      var unused = change.getAsBoolean();
    } else {
      answer(exchange, change.getAsBoolean() ? 204 : repeatStatus, "");
    }
  }

  private void check(HttpExchange exchange) throws IOException {
    String raw = exchange.getRequestHeaders().getFirst("Authorization").replace("Bearer ", "");
    boolean now = checks.incrementAndGet() % 100 == 0;
    int status =
        switch (behavior) {
          case SOUND, ANSWERS_TOO_EARLY -> truth(raw);
          case CACHES_VERDICTS -> believed(raw) ? 200 : truth(raw);
          case REFUSES_VALID ->
              truth(raw) == 200 && accepted.incrementAndGet() % 5 != 0 ? 200 : 401;
          case UNAVAILABLE_AT_TIMES -> now ? 503 : truth(raw);
          case FAILS_AT_TIMES -> now ? 500 : truth(raw);
        };
    answer(exchange, status, "");
  }

  private int truth(String raw) {
    boolean valid = database.valid.contains(raw);
    if (valid) {
      seen.put(raw, System.nanoTime());
    }
    return valid ? 200 : 401;
  }

  private boolean believed(String raw) {
    Long at = seen.get(raw);
    return at != null && System.nanoTime() - at < BELIEVED_NANOS;
  }

  private static void pause() {
    try {
      Thread.sleep(EARLY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
