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
 * A database with the tables of the Backstage plugin. Tables and rows have the format of the
 * plugin's query builder.
 *
 * @param url the JDBC URL, without user and password
 * @param user the database user; empty for SQLite
 * @param password the password of the database user; empty for SQLite
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

  /**
   * A token of the plugin.
   *
   * @param rawToken the secret that clients send
   * @param row the column values of the token's row, by column name
   */
  public record Token(String rawToken, Map<String, @Nullable Object> row) {
    public String id() {
      return String.valueOf(row.get("id"));
    }

    public String hash() {
      return String.valueOf(row.get("token_hash"));
    }

    /** Returns a copy of this token with another value in one column. */
    public Token with(String column, @Nullable Object value) {
      Map<String, @Nullable Object> other = new LinkedHashMap<>(row);
      other.put(column, value);
      return new Token(rawToken, other);
    }

    /** Returns the id of the token, without the raw token. */
    @Override
    public String toString() {
      return "Token[" + id() + "]";
    }
  }

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Creates a database with the empty tables of the plugin.
   *
   * @param folder the folder for the SQLite file; other products do not use it
   */
  public static BackstagePlugin in(Product product, Path folder) throws SQLException {
    BackstagePlugin plugin =
        switch (product) {
          case MARIADB -> in(MariaDbServer.shared().newDatabase(), product);
          case POSTGRESQL -> in(PostgresServer.shared().newDatabase(), product);
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

  private static BackstagePlugin in(TestDatabase database, Product product) {
    return new BackstagePlugin(database.url(), database.user(), database.password(), product);
  }

  /** Opens a new connection with write access. */
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

  /**
   * Runs an SQL statement. Replaces the type placeholders in the statement by types of the product.
   * {@code S36} means a string of at most 36 characters. {@code D} means a date with time.
   */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          sql.replaceAll("\\bS(\\d+)\\b", product.string.replace("%d", "$1"))
              .replaceAll("\\bD\\b", product.dateTime));
    }
  }

  /**
   * Returns a token of the platform group. Does not insert the token into the database. The
   * creation time is one hour ago, and the token expires 90 days after its creation.
   */
  public static Token token(String name) {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    String raw = "bsat_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    // One driver handles a fraction of a second incorrectly if it begins with a zero.
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

  /** Inserts the row of a token, and an audit event for the creation of the token. */
  public Token put(Token token) throws SQLException {
    putAll(List.of(token));
    return token;
  }

  /** Inserts the rows of tokens, and an audit event for the creation of each token. */
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

  /** Revokes a token in the database, and inserts an audit event, like the plugin. */
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

  /** Inserts an event into the audit log of the plugin. */
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

  /**
   * Returns the JDBC value of an instant. In SQLite, the plugin stores instants as texts in ISO
   * 8601.
   */
  private Object value(Instant instant) {
    return switch (product) {
      case MARIADB -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      case POSTGRESQL -> OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
      case SQLITE -> instant.toString();
    };
  }
}
