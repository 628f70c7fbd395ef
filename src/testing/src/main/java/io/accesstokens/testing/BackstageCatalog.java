package io.accesstokens.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Simulates the part of the REST API of Backstage's catalog that the application uses to read
 * groups and users.
 *
 * <ul>
 *   <li>The server accepts one static token.
 *   <li>The server supports {@code by-query} with filter, fields, limit and cursor, and {@code
 *       by-name}.
 *   <li>Errors have Backstage's format.
 *   <li>A {@link Mode} simulates failures of the server, or of a proxy in front of the server.
 * </ul>
 */
public final class BackstageCatalog implements AutoCloseable {

  /** The only bearer token that the server accepts. */
  public static final String TOKEN = "eZv5o+fW3KnR3kVabMW4ZcDNLPl8nmMW";

  /** The behavior of the simulated server. */
  public enum Mode {
    /** The server responds normally to each request. */
    NORMAL,
    /** The server never responds. */
    HANGING,
    /** The server sends the headers, and then one byte of the body every 100 milliseconds. */
    TRICKLING,
    /** The server responds with status 500 and an error in Backstage's format. */
    BROKEN,
    /** The server responds with status 503 and an HTML page, as a proxy does. */
    BAD_GATEWAY,
    /**
     * The server responds with status 200 and an HTML page, as a sign-in page in front of the
     * catalog does.
     */
    PAGE,
    /** The server responds with status 200 and JSON that does not describe groups or users. */
    OTHER_JSON,
    /** The server responds with status 200 and truncated JSON. */
    TRUNCATED,
    /** The server responds with status 302 and the URL of a sign-in page. */
    REDIRECTING,
    /** The server responds with status 401 to every request, even if the token is valid. */
    UNAUTHORIZED,
    /**
     * The server responds with status 404 and an HTML page, as a proxy does for an unknown path.
     */
    NOT_FOUND,
    /** The server responds with status 200 and a body that never ends. */
    ENDLESS,
    /** The server adds to each page a cursor to the first page, so that the pages never end. */
    CIRCLING,
    /** The server responds normally but without entities, as a new catalog does. */
    EMPTY
  }

  private final Map<String, JsonObject> entities = new ConcurrentSkipListMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /** Maximum number of entities on a page, even if a request has a higher limit. */
  public volatile int largestPage = Integer.MAX_VALUE;

  /** True if responses have an ETag header, as in Backstage before version 1.41. */
  public volatile boolean etags = true;

  /** Suffix of each ETag value. A new suffix changes every ETag. */
  public volatile String tagEnd = "";

  public volatile Mode mode = Mode.NORMAL;

  /** Starts the server on a free loopback port, without entities. */
  public BackstageCatalog() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns the base URL, to which clients append {@code /api/catalog}. */
  public URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/backstage");
  }

  /**
   * Returns the path and query of each request, in the order of the requests. The prefix {@code
   * 304} marks a request with a 304 response.
   */
  public List<String> requests() {
    return requests;
  }

  /**
   * Adds or replaces a group.
   *
   * @param parent name of the parent group, or an empty string for no parent
   * @param children names of the child groups; may be empty
   */
  public BackstageCatalog group(
      String name, String displayName, String parent, String... children) {
    JsonArrayBuilder parts = Json.createArrayBuilder();
    List.of(children).forEach(parts::add);
    JsonObjectBuilder spec =
        Json.createObjectBuilder()
            .add("type", "team")
            .add("profile", Json.createObjectBuilder().add("displayName", displayName))
            .add("children", parts);
    if (!parent.isEmpty()) {
      spec.add("parent", parent);
    }
    return put("Group", name, spec, Json.createArrayBuilder());
  }

  /**
   * Adds or replaces a user.
   *
   * @param memberOf the full entity refs of the user's groups
   */
  public BackstageCatalog user(String name, String... memberOf) {
    JsonArrayBuilder relations =
        Json.createArrayBuilder().add(relation("ownerOf", "component:default/" + lower(name)));
    for (String group : memberOf) {
      relations.add(relation("memberOf", group));
    }
    return put("User", name, Json.createObjectBuilder(), relations);
  }

  /** Marks an entity as an orphan. An orphan is an entity that its source no longer contains. */
  public BackstageCatalog orphan(String ref) {
    JsonObject entity = Objects.requireNonNull(entities.get(ref));
    JsonObject metadata =
        Json.createObjectBuilder(entity.getJsonObject("metadata"))
            .add("annotations", Json.createObjectBuilder().add("backstage.io/orphan", "true"))
            .build();
    entities.put(ref, Json.createObjectBuilder(entity).add("metadata", metadata).build());
    return this;
  }

  /**
   * Replaces the profile of an entity, and adds {@code hasMember} relations. The display name is
   * the word {@code of}, a space and the ref.
   *
   * @param email the mail address, or an empty string for no address
   * @param members the full entity refs of the members; may be empty
   */
  public BackstageCatalog profile(String ref, String email, String... members) {
    JsonObject entity = Objects.requireNonNull(entities.get(ref));
    JsonObjectBuilder profile = Json.createObjectBuilder().add("displayName", "of " + ref);
    if (!email.isEmpty()) {
      profile.add("email", email);
    }
    JsonArrayBuilder relations = Json.createArrayBuilder(entity.getJsonArray("relations"));
    for (String member : members) {
      relations.add(relation("hasMember", member));
    }
    JsonObjectBuilder spec =
        Json.createObjectBuilder(entity.getJsonObject("spec")).add("profile", profile);
    entities.put(
        ref,
        Json.createObjectBuilder(entity).add("spec", spec).add("relations", relations).build());
    return this;
  }

  /** Removes the entity with this ref. */
  public BackstageCatalog remove(String ref) {
    entities.remove(ref);
    return this;
  }

  private BackstageCatalog put(
      String kind, String name, JsonObjectBuilder spec, JsonArrayBuilder relations) {
    int slash = name.indexOf('/');
    String namespace = slash < 0 ? "default" : name.substring(0, slash);
    String own = name.substring(slash + 1);
    JsonObject entity =
        Json.createObjectBuilder()
            .add("apiVersion", "backstage.io/v1alpha1")
            .add("kind", kind)
            .add(
                "metadata",
                Json.createObjectBuilder()
                    .add("uid", "0f6bbf4c")
                    .add("name", own)
                    .add("namespace", namespace)
                    .add("annotations", Json.createObjectBuilder()))
            .add("spec", spec)
            .add("relations", relations)
            .build();
    entities.put(lower(kind + ":" + namespace + "/" + own), entity);
    return this;
  }

  private static JsonObjectBuilder relation(String type, String targetRef) {
    return Json.createObjectBuilder().add("type", type).add("targetRef", targetRef);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int number = noted(exchange);
      switch (mode) {
        case NORMAL, CIRCLING, EMPTY -> answerNormally(exchange, number);
        case HANGING -> closed.await();
        case TRICKLING -> trickle(exchange);
        case BROKEN -> error(exchange, 500, "Error");
        case BAD_GATEWAY -> send(exchange, 503, "text/html", "<h1>Bad gateway</h1>");
        case PAGE -> send(exchange, 200, "text/html", "<html>Sign in</html>");
        case OTHER_JSON -> send(exchange, 200, "application/json", "{\"items\":[{\"kind\":7}]}");
        case TRUNCATED ->
            send(exchange, 200, "application/json", "{\"items\":[{\"kind\":\"Group\",");
        case REDIRECTING -> {
          exchange.getResponseHeaders().set("Location", baseUrl() + "/sign-in");
          send(exchange, 302, "text/html", "");
        }
        case UNAUTHORIZED -> error(exchange, 401, "AuthenticationError");
        case NOT_FOUND -> send(exchange, 404, "text/html", "<h1>Not found</h1>");
        case ENDLESS -> flood(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int noted(HttpExchange exchange) {
    requests.add(exchange.getRequestURI().toString());
    return requests.size() - 1;
  }

  private void answerNormally(HttpExchange exchange, int number) throws IOException {
    if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      error(exchange, 401, "AuthenticationError");
      return;
    }
    String path = exchange.getRequestURI().getPath();
    String api = "/backstage/api/catalog/entities/";
    if (path.equals(api + "by-query")) {
      json(exchange, number, query(parameters(exchange.getRequestURI().getRawQuery())));
      return;
    }
    String[] parts = path.replace(api + "by-name/", "").split("/", -1);
    if (!path.startsWith(api + "by-name/") || parts.length != 3) {
      send(exchange, 404, "text/plain", ""); // as Express does for an unknown path
      return;
    }
    JsonObject entity = entities.get(lower(parts[0] + ":" + parts[1] + "/" + parts[2]));
    if (entity == null || mode == Mode.EMPTY) {
      error(exchange, 404, "NotFoundError");
    } else {
      json(exchange, number, entity);
    }
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }

  /** Runs a query. The cursor contains the filter and the offset, as in Backstage. */
  private JsonObject query(Map<String, String> parameters) {
    String filter = parameters.getOrDefault("filter", "");
    int from = 0;
    if (parameters.containsKey("cursor")) {
      String[] cursor = decoded(parameters.get("cursor")).split("\\|", -1);
      filter = cursor[0];
      from = Integer.parseInt(cursor[1]);
    }
    List<JsonObject> found = new ArrayList<>();
    for (JsonObject entity : entities.values()) {
      if (("kind=" + entity.getString("kind")).equalsIgnoreCase(filter)) {
        found.add(entity);
      }
    }
    if (mode == Mode.EMPTY) {
      found.clear();
    }
    int limit = Math.min(largestPage, Integer.parseInt(parameters.getOrDefault("limit", "20")));
    int until = Math.min(found.size(), from + limit);
    JsonArrayBuilder items = Json.createArrayBuilder();
    found.subList(Math.min(from, until), until).stream()
        .map(entity -> cut(entity, parameters.getOrDefault("fields", "")))
        .forEach(items::add);
    JsonObjectBuilder pages = Json.createObjectBuilder();
    if (mode == Mode.CIRCLING) {
      pages.add("nextCursor", encoded(filter + "|0"));
    } else if (until < found.size()) {
      pages.add("nextCursor", encoded(filter + "|" + until));
    }
    return Json.createObjectBuilder()
        .add("items", items)
        .add("totalItems", found.size())
        .add("pageInfo", pages)
        .build();
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }

  /**
   * Returns an entity with only the requested fields. An empty list of fields selects all fields.
   */
  private static JsonObject cut(JsonObject entity, String fields) {
    return fields.isEmpty() ? entity : cut(entity, List.of(fields.split(",")), "");
  }

  private static JsonObject cut(JsonObject object, List<String> fields, String prefix) {
    JsonObjectBuilder kept = Json.createObjectBuilder();
    object.forEach(
        (key, value) -> {
          String path = prefix + key;
          boolean below = fields.stream().anyMatch(field -> field.startsWith(path + '.'));
          if (fields.contains(path)) {
            kept.add(key, value);
          } else if (below && value instanceof JsonObject child) {
            kept.add(key, (JsonValue) cut(child, fields, path + '.'));
          }
        });
    return kept.build();
  }

  /**
   * Sends JSON like Express, the web framework of Backstage. If {@link #etags} is true, the
   * response has a weak ETag, which depends on the content. In this case, the status is 304 if the
   * request contains the same ETag.
   */
  private void json(HttpExchange exchange, int number, JsonObject body) throws IOException {
    String tag = "W/\"" + Integer.toHexString(body.toString().hashCode()) + tagEnd + '"';
    if (etags) {
      exchange.getResponseHeaders().set("ETag", tag);
      if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
        requests.set(number, "304 " + exchange.getRequestURI());
        exchange.sendResponseHeaders(304, -1);
        return;
      }
    }
    send(exchange, 200, "application/json; charset=utf-8", body.toString());
  }

  private static void error(HttpExchange exchange, int status, String name) throws IOException {
    JsonObject body =
        Json.createObjectBuilder()
            .add("error", Json.createObjectBuilder().add("name", name).add("message", "as said"))
            .add("request", Json.createObjectBuilder().add("method", "GET"))
            .add("response", Json.createObjectBuilder().add("statusCode", status))
            .build();
    send(exchange, status, "application/json; charset=utf-8", body.toString());
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void trickle(HttpExchange exchange) throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    while (closed.getCount() > 0) {
      exchange.getResponseBody().write(' ');
      exchange.getResponseBody().flush();
      Thread.sleep(100);
    }
  }

  private void flood(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    while (closed.getCount() > 0) {
      exchange.getResponseBody().write(spaces);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
