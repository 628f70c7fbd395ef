package io.accesstokens.testing.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A database with the tables of the Backstage plugin, created and filled as its query builder does.
 *
 * @param url the JDBC URL, without user and password
 * @param user the user that may read it; empty for SQLite
 * @param password the password of that user
 * @param product the database product
 */
public record BackstagePlugin(String url, String user, String password, Product product) {

  /** The database products that the plugin supports. */
  public enum Product {
    MARIADB("varchar(%d)", "datetime(3)"),
    POSTGRESQL("varchar(%d)", "timestamptz"),
    SQLITE("varchar(%d)", "datetime");

    private final String string;
    private final String dateTime;

    Product(String string, String dateTime) {
      this.string = string;
      this.dateTime = dateTime;
    }
  }

  /** A token of the plugin: its row, and the raw token of its holder. */
  public record Token(String rawToken, Map<String, @Nullable Object> row) {
    public String id() {
      return String.valueOf(row.get("id"));
    }

    public String hash() {
      return String.valueOf(row.get("token_hash"));
    }

    /** Returns a copy with another value in a column. */
    public Token with(String column, @Nullable Object value) {
      Map<String, @Nullable Object> other = new LinkedHashMap<>(row);
      other.put(column, value);
      return new Token(rawToken, other);
    }

    /** Omits the secret. */
    @Override
    public String toString() {
      return "Token[" + id() + "]";
    }
  }

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Creates a database with empty tables. */
  public static BackstagePlugin in(Product product, Path folder) throws SQLException {
    BackstagePlugin plugin =
        switch (product) {
          case MARIADB -> {
            MariaDbServer.Database database = MariaDbServer.shared().newDatabase();
            yield new BackstagePlugin(
                database.url(), database.user(), database.password(), product);
          }
          case POSTGRESQL ->
              new BackstagePlugin(
                  PostgresServer.shared().newDatabase(),
                  PostgresServer.USER,
                  PostgresServer.PASSWORD,
                  product);
          case SQLITE ->
              new BackstagePlugin(
                  "jdbc:sqlite:" + folder.resolve("plugin-" + UUID.randomUUID() + ".sqlite"),
                  "",
                  "",
                  product);
        };
    plugin.makeTables();
    return plugin;
  }

  /** Opens a new connection that can write. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  private void makeTables() throws SQLException {
    execute(
        "create table service_access_tokens (id S36 not null primary key, name S100 not null,"
            + " description text not null, token_hash S64 not null unique,"
            + " token_prefix S12 not null, group_entity_ref S255 not null, scopes text not null,"
            + " created_by S255 not null, created_at D not null, expires_at D not null,"
            + " last_used_at D null, revoked_at D null, revoked_by S255 null,"
            + " constraint uq_service_access_tokens_group_name unique (group_entity_ref, name))");
    execute(
        "create table service_access_token_audit_log (id S36 not null primary key, token_id S36 not"
            + " null references service_access_tokens (id), event S50 not null, actor S255 null,"
            + " metadata text null, occurred_at D not null)");
  }

  /** Runs a statement in which {@code S36} and {@code D} are replaced by types of the product. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          sql.replaceAll("\\bS(\\d+)\\b", product.string.replace("%d", "$1"))
              .replaceAll("\\bD\\b", product.dateTime));
    }
  }

  /**
   * Returns a token of the platform group, created an hour ago and valid for ninety days. The token
   * is in no database yet.
   */
  public static Token token(String name) {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    String raw = "bsat_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    // The fraction begins with a zero, which one driver handles incorrectly.
    Instant made =
        Instant.now().truncatedTo(ChronoUnit.SECONDS).plusMillis(50).minus(1, ChronoUnit.HOURS);
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("id", UUID.randomUUID().toString());
    row.put("name", name);
    row.put("description", "What " + name + " is for, \u2713");
    row.put("token_hash", sha256(raw));
    row.put("token_prefix", raw.substring(0, 12));
    row.put("group_entity_ref", "group:default/platform");
    row.put("scopes", "[\"catalog:read\",\"techdocs:read\"]");
    row.put("created_by", "user:default/alice");
    row.put("created_at", made);
    row.put("expires_at", made.plus(90, ChronoUnit.DAYS));
    row.put("last_used_at", null);
    row.put("revoked_at", null);
    row.put("revoked_by", null);
    return new Token(raw, row);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Inserts a token unchanged, with its creation event. */
  public Token put(Token token) throws SQLException {
    putAll(List.of(token));
    return token;
  }

  /** Inserts tokens unchanged, each with its creation event. */
  public void putAll(List<Token> tokens) throws SQLException {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      for (Token token : tokens) {
        insert(connection, "service_access_tokens", token.row());
        insert(
            connection,
            "service_access_token_audit_log",
            event(
                token.id(), "created", "user:default/alice", "{}", token.row().get("created_at")));
      }
      connection.commit();
    }
  }

  /** Revokes a token as the plugin does. */
  public void revoke(Token token, String reason) throws SQLException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    try (Connection connection = connect();
        PreparedStatement update =
            connection.prepareStatement(
                "update service_access_tokens set revoked_at = ?, revoked_by = ? where id = ?")) {
      update.setObject(1, value(now));
      update.setString(2, "user:default/bob");
      update.setString(3, token.id());
      update.executeUpdate();
    }
    putEvent(token.id(), "revoked", "user:default/bob", "{\"reason\":\"" + reason + "\"}", now);
  }

  /** Inserts an audit event. */
  public void putEvent(
      String tokenId,
      String event,
      @Nullable String actor,
      @Nullable String metadata,
      Object occurredAt)
      throws SQLException {
    try (Connection connection = connect()) {
      insert(
          connection,
          "service_access_token_audit_log",
          event(tokenId, event, actor, metadata, occurredAt));
    }
  }

  private static Map<String, @Nullable Object> event(
      String tokenId,
      String event,
      @Nullable String actor,
      @Nullable String metadata,
      @Nullable Object occurredAt) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("id", UUID.randomUUID().toString());
    row.put("token_id", tokenId);
    row.put("event", event);
    row.put("actor", actor);
    row.put("metadata", metadata);
    row.put("occurred_at", occurredAt);
    return row;
  }

  private void insert(Connection connection, String table, Map<String, @Nullable Object> row)
      throws SQLException {
    String columns = String.join(", ", row.keySet());
    String places = String.join(", ", row.keySet().stream().map(column -> "?").toList());
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into " + table + " (" + columns + ") values (" + places + ")")) {
      int place = 1;
      for (Object value : row.values()) {
        statement.setObject(place++, value instanceof Instant instant ? value(instant) : value);
      }
      statement.executeUpdate();
    }
  }

  /** Returns the value that each product stores for the plugin's ISO 8601 instant. */
  private Object value(Instant instant) {
    return switch (product) {
      case MARIADB -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      case POSTGRESQL -> OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
      case SQLITE -> instant.toString();
    };
  }
}
