package io.accesstokens.backstage;

import io.accesstokens.store.jdbc.Statements;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the plugin's database and never writes to it. */
public final class SourceDatabase {

  private static final String TOKENS = "service_access_tokens";
  private static final String EVENTS = "service_access_token_audit_log";

  /** The name of the token table in the plugin's first versions. Later versions rename it. */
  private static final String OLD_TOKENS = "service_tokens";

  /**
   * The name of a column that exists in this service's token table, but not in the plugin's token
   * table.
   */
  private static final String OUR_COLUMN = "list_status";

  private static final List<String> EVENT_COLUMNS =
      List.of("id", "token_id", "event", "actor", "metadata", "occurred_at");

  private final SourceUrl url;
  private final SourceLogin login;
  private final ClassLoader drivers;

  /**
   * Creates a reader, without a connection to the database.
   *
   * @param url the address of the database
   * @param login the user and password
   * @param drivers loads the JDBC driver's class
   */
  public SourceDatabase(SourceUrl url, SourceLogin login, ClassLoader drivers) {
    this.url = url;
    this.login = login;
    this.drivers = drivers;
  }

  /**
   * Reads all tokens and events. This method opens and closes the connection.
   *
   * @throws SourceRefusedException if the database cannot be read, or is not a database of the
   *     plugin
   */
  public SourceContent read() {
    try (Connection connection = connect()) {
      requireColumns(connection, TOKENS, SourceToken.COLUMNS);
      requireColumns(connection, EVENTS, EVENT_COLUMNS);
      if (url.product() == SourceUrl.Product.MARIADB) {
        // MariaDB stores timestamps in UTC, but returns them in the time zone of the session.
        Statements.execute(connection, "set time_zone = '+00:00'");
      }
      if (url.product() != SourceUrl.Product.SQLITE) {
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
      connection.setAutoCommit(false);
      try {
        return content(connection);
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw new SourceRefusedException(
          "the source database cannot be read: " + SourceFailures.reason(e));
    }
  }

  private Connection connect() throws SQLException {
    Driver driver = driver();
    Connection connection;
    try {
      connection = driver.connect(url.forDriver(), url.properties(login));
    } catch (RuntimeException | LinkageError e) {
      throw new SourceRefusedException(
          "the JDBC driver for "
              + url.product()
              + " fails: its jar may be damaged, or may not support this platform");
    }
    if (connection == null) {
      throw new SourceRefusedException("the JDBC driver does not understand --url");
    }
    return connection;
  }

  private Driver driver() {
    SourceUrl.Product product = url.product();
    String advice =
        ": copy the jar of "
            + product.artifact()
            + " from Maven Central into a directory, and name the directory by --drivers";
    try {
      return Class.forName(product.driver(), true, drivers)
          .asSubclass(Driver.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ClassNotFoundException e) {
      throw new SourceRefusedException("there is no JDBC driver for " + product + advice);
    } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw new SourceRefusedException(
          "the JDBC driver for " + product + " cannot be loaded" + advice);
    }
  }

  private static void requireColumns(Connection connection, String table, List<String> required)
      throws SQLException {
    Set<String> columns = columns(connection, table);
    if (columns.isEmpty()) {
      throw new SourceRefusedException(
          columns(connection, OLD_TOKENS).isEmpty()
              ? "the source database has no table "
                  + table
                  + ": check that --url names the plugin's database and schema"
              : "the source database has the tables of an old version of the plugin: start a"
                  + " current version once, so that it renames the tables");
    }
    if (columns.contains(OUR_COLUMN)) {
      throw new SourceRefusedException(
          "the source database is one of access-tokens itself, not of the Backstage plugin: check"
              + " that --url names the plugin's database");
    }
    for (String column : required) {
      if (!columns.contains(column)) {
        throw new SourceRefusedException(
            "the source's table "
                + table
                + " has no column "
                + column
                + ": check that --url names the plugin's database");
      }
    }
  }

  private static Set<String> columns(Connection connection, String table) throws SQLException {
    Set<String> names = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("select * from " + table + " where 1 = 0")) {
      ResultSetMetaData columns = none.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add(columns.getColumnLabel(i).toLowerCase(Locale.ROOT));
      }
    } catch (SQLException e) {
      if (!SourceFailures.isMissingTable(e)) {
        throw e;
      }
    }
    return names;
  }

  private SourceContent content(Connection connection) throws SQLException {
    Map<String, List<SourceToken.Event>> events = new HashMap<>();
    List<SourceToken> tokens = new ArrayList<>();
    Map<String, List<SourceToken.Event>> unclaimed = new LinkedHashMap<>();
    for (@Nullable String[] row : rows(connection, EVENTS, EVENT_COLUMNS, "occurred_at, id")) {
      SourceToken.Event event =
          new SourceToken.Event(row[0], row[1], row[2], row[3], row[4], row[5]);
      events.computeIfAbsent(String.valueOf(row[1]), id -> new ArrayList<>()).add(event);
    }
    unclaimed.putAll(events);
    for (@Nullable String[] row : rows(connection, TOKENS, SourceToken.COLUMNS, "created_at, id")) {
      String id = String.valueOf(row[0]);
      tokens.add(new SourceToken(row, events.getOrDefault(id, List.of())));
      unclaimed.remove(id);
    }
    return new SourceContent(tokens, unclaimed.values().stream().flatMap(List::stream).toList());
  }

  private List<@Nullable String[]> rows(
      Connection connection, String table, List<String> columns, String order) throws SQLException {
    List<@Nullable String[]> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1000);
      try (ResultSet row =
          statement.executeQuery(
              "select "
                  + columns.stream().map(this::selected).collect(Collectors.joining(", "))
                  + " from "
                  + table
                  + " order by "
                  + order)) {
        while (row.next()) {
          @Nullable String[] values = new @Nullable String[columns.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] =
                columns.get(i).equals("token_hash") ? hash(row, i + 1) : row.getString(i + 1);
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  /**
   * Returns the SQL expression that selects a column. On MariaDB, the server converts a date to
   * text, because the JDBC driver would lose zeros: 5 milliseconds would become 500.
   */
  private String selected(String column) {
    return url.product() == SourceUrl.Product.MARIADB && column.endsWith("_at")
        ? "cast(" + column + " as char)"
        : column;
  }

  /**
   * Returns the digest of a token in hexadecimal; null if the column is null. The column contains
   * 32 bytes, or text in hexadecimal.
   */
  private static @Nullable String hash(ResultSet row, int column) throws SQLException {
    Object value = row.getObject(column);
    if (value instanceof byte[] bytes) {
      return bytes.length == 32
          ? HexFormat.of().formatHex(bytes)
          : new String(bytes, StandardCharsets.ISO_8859_1);
    }
    return value == null ? null : value.toString();
  }

  /** Returns the address of the database, without the parts that may contain a password. */
  @Override
  public String toString() {
    return url.toString();
  }
}
