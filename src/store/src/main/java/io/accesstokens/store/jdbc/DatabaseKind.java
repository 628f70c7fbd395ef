package io.accesstokens.store.jdbc;

import static java.util.Map.entry;

import io.accesstokens.token.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** Defines the differences between the databases that can store the tokens. */
@SuppressWarnings("ImmutableEnumChecker") // Set.of and Map.of return immutable collections.
public enum DatabaseKind {
  /** H2, embedded, with or without {@code MODE=MariaDB} in the JDBC URL. */
  H2(
      "H2",
      2,
      2,
      " use index (%s)",
      Set.of(40001, 50200, 90131),
      Map.ofEntries(
          entry("id", "char(36)"),
          entry("exact", ""),
          entry("digest", "binary(32)"),
          entry("mark", "binary(16)"),
          entry("hashes", "varbinary(8192)"),
          entry("text", "varchar(1000000)"),
          entry("instant", "timestamp(6)"),
          entry("stored", ""),
          entry("audit_seq_step", ""),
          entry("next_audit_seq", "(next value for service_access_token_audit_seq)"),
          entry(
              "search_text", "lower(concat(name, char(10), description, char(10), token_prefix))"),
          entry("drop_index_on", " on "),
          entry("drop_replaced_index", "drop index if exists "),
          entry("replace_index", "create index if not exists "),
          entry("create_index", "create index if not exists "),
          entry("table", ""))),
  /** MariaDB 10.6 or later. */
  MARIADB(
      "MariaDB",
      10,
      6,
      " force index (%s)",
      Set.of(1020, 1205, 1213),
      Map.ofEntries(
          entry("id", "char(36) character set ascii collate ascii_bin"),
          entry("exact", " character set utf8mb4 collate utf8mb4_bin"),
          entry("digest", "binary(32)"),
          entry("mark", "binary(16)"),
          entry("hashes", "varbinary(8192)"),
          entry("text", "longtext character set utf8mb4 collate utf8mb4_bin"),
          entry("instant", "datetime(6)"),
          entry("stored", " stored"),
          entry("audit_seq_step", " increment by 0"),
          entry("next_audit_seq", "(next value for service_access_token_audit_seq)"),
          entry(
              "search_text",
              "lower(concat(name, char(10 using utf8mb4), description, char(10 using utf8mb4),"
                  + " token_prefix))"),
          entry("drop_index_on", " on "),
          entry("drop_replaced_index", "-- "),
          entry("replace_index", "create or replace index "),
          entry("create_index", "create index if not exists "),
          entry("table", " engine=InnoDB row_format=dynamic"))),
  /** PostgreSQL 15 or later, with the encoding UTF-8 and with ICU. */
  POSTGRESQL(
      "PostgreSQL",
      15,
      0,
      "",
      Set.of(),
      Map.ofEntries(
          entry("id", "varchar(36) collate \"C\""),
          entry("exact", " collate \"C\""),
          entry("digest", "bytea"),
          entry("mark", "bytea"),
          entry("hashes", "bytea"),
          entry("text", "text"),
          entry("instant", "timestamp(6)"),
          entry("stored", " stored"),
          entry("audit_seq_step", ""),
          entry("next_audit_seq", "nextval('service_access_token_audit_seq')"),
          // The collation "C" folds only ASCII. Upper case is used, because the lower case of the
          // letter sigma depends on the letters around it.
          entry(
              "search_text",
              "upper((name || chr(10) || description || chr(10) || token_prefix)"
                  + " collate \"und-x-icu\")"),
          // An index belongs to the schema, so the name of its table becomes a comment.
          entry("drop_index_on", "; -- "),
          // Changes of tokens do not wait for these statements.
          entry("drop_replaced_index", "drop index concurrently if exists "),
          entry("replace_index", "create index concurrently if not exists "),
          entry("create_index", "create index concurrently if not exists "),
          entry("table", "")));

  /**
   * SQLSTATE of PostgreSQL for a prepared statement whose result columns were changed by a
   * migration. After this error, the driver prepares the statement again. Outside of a transaction,
   * the driver repeats the statement itself.
   */
  private static final String CHANGED_RESULT = "0A000";

  /** SQLSTATEs of a serialization failure, a deadlock, and a lock that is not free in time. */
  private static final Set<String> CONFLICT_STATES =
      Set.of("40001", "40P01", PostgresSession.LOCK_NOT_AVAILABLE);

  private static final String SIGMA = "\u03c3";

  /** The form of the lower-case sigma at the end of a word. */
  private static final String FINAL_SIGMA = "\u03c2";

  /** Suffix of the value of {@link #serverExpression} for a standby of PostgreSQL. */
  static final String STANDBY = "standby";

  private final String product;
  private final int majorVersion;
  private final int minorVersion;
  private final String indexHint;
  private final Set<Integer> conflicts;
  private final Map<String, String> placeholders;

  DatabaseKind(
      String product,
      int majorVersion,
      int minorVersion,
      String indexHint,
      Set<Integer> conflicts,
      Map<String, String> placeholders) {
    this.product = product;
    this.majorVersion = majorVersion;
    this.minorVersion = minorVersion;
    this.indexHint = indexHint;
    this.conflicts = conflicts;
    this.placeholders = placeholders;
  }

  /**
   * Returns the kind of the connected database.
   *
   * @throws SQLException if the database product is not known
   */
  public static DatabaseKind of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return Arrays.stream(values())
        .filter(databaseKind -> databaseKind.product.equalsIgnoreCase(product))
        .findFirst()
        .orElseThrow(
            () ->
                new SQLException(
                    "the database must be MariaDB, PostgreSQL or H2, but is " + product));
  }

  /** Returns the product name as the JDBC driver reports it. */
  String product() {
    return product;
  }

  /**
   * Returns the major version number of the oldest supported version of the database. Hibernate
   * uses only features of this version.
   */
  int majorVersion() {
    return majorVersion;
  }

  int minorVersion() {
    return minorVersion;
  }

  /**
   * Returns the SQL text that makes the database use an index. The text follows the alias of the
   * table in a query. The text is empty for PostgreSQL.
   *
   * @param index the name of the index
   */
  public String indexHint(String index) {
    return String.format(Locale.ROOT, indexHint, index);
  }

  /**
   * Returns an SQL condition that makes PostgreSQL use an index, even if the statistics of the
   * planner predict many rows. Returns empty for other databases, which have {@link #indexHint}.
   * The condition is always true. The planner does not know the values of the subqueries and
   * expressions in the condition. Therefore the planner expects that few rows meet the condition.
   *
   * @param instant a column of the index that contains instants
   * @param number another column of the index, which contains numbers
   */
  public Optional<String> indexCondition(String instant, String number) {
    return switch (this) {
      case H2, MARIADB -> Optional.empty();
      case POSTGRESQL ->
          Optional.of(
              String.format(
                  Locale.ROOT,
                  "%s between (select timestamp '-infinity') and (select timestamp 'infinity')"
                      + " and %s + 0 = %s",
                  instant,
                  number,
                  number));
    };
  }

  /**
   * Returns an SQL condition that compares a generated column with a pattern and ignores case. The
   * pattern is the only parameter. The two lower-case forms of the letter sigma match each other.
   *
   * @param column the SQL expression of the generated column
   * @param text the text in the pattern
   */
  public String searchCondition(String column, String text) {
    return switch (this) {
      case H2 -> like(withDotOnI(column), withDotOnI("lower(cast(? as varchar))"), text);
      case MARIADB -> like(column, "lower(convert(? using utf8mb4) collate utf8mb4_bin)", text);
      case POSTGRESQL ->
          column + " like upper(cast(? as varchar) collate \"und-x-icu\") collate \"C\"";
    };
  }

  /**
   * Returns an SQL expression that replaces each dotless i by an i. H2 converts texts to lower case
   * with the default locale of the JVM. In Turkish, the lower case of I is a dotless i.
   */
  private static String withDotOnI(String lowerCase) {
    return "replace(" + lowerCase + ", '\u0131', 'i')";
  }

  private static String like(String column, String pattern, String text) {
    return withoutFinalSigma(column, text) + " like " + withoutFinalSigma(pattern, text);
  }

  /**
   * Returns an SQL expression that replaces each final sigma by a normal sigma, as {@link
   * Text#foldCase} does. Returns the expression unchanged if the searched text has no sigma,
   * because the replacement makes a scan slower.
   *
   * @param lowerCase the SQL expression of a text in lower case
   * @param text the searched text
   */
  public static String withoutFinalSigma(String lowerCase, String text) {
    return Text.foldCase(text).contains(SIGMA)
        ? "replace(" + lowerCase + ", '" + FINAL_SIGMA + "', '" + SIGMA + "')"
        : lowerCase;
  }

  /**
   * Returns an SQL expression for the current time in UTC by the clock of the database. The
   * expression has the type of the columns that contain instants.
   */
  public String utcNow() {
    return switch (this) {
      case H2 -> "cast(current_timestamp(6) at time zone 'UTC' as timestamp(6))";
      case MARIADB -> "utc_timestamp(6)";
      case POSTGRESQL -> "(clock_timestamp() at time zone 'UTC')";
    };
  }

  /**
   * Returns an SQL expression whose value identifies the database server. On PostgreSQL, the value
   * contains the timeline, which changes when a standby becomes the primary server. The name of the
   * current WAL file contains the new timeline immediately. {@code pg_control_checkpoint()} returns
   * the earlier timeline until the next checkpoint.
   */
  public String serverExpression() {
    return switch (this) {
      case H2 -> "'h2'";
      case MARIADB -> "concat(@@hostname, ':', @@port, ':', @@server_id)";
      case POSTGRESQL ->
          "(select system_identifier from pg_control_system()) || ':' || case when"
              + " pg_is_in_recovery() then '"
              + STANDBY
              + "' else"
              + " left(pg_walfile_name(pg_current_wal_lsn()), 8) end";
    };
  }

  /**
   * Returns an SQL expression that proves that the server still is the primary server. For H2 and
   * MariaDB, the expression is {@code null} and proves nothing.
   *
   * <p>On PostgreSQL with synchronous replication, the expression writes a message to the
   * transaction log. The statement then ends only when a synchronous standby has the message. A
   * standby that was promoted confirms no message of the former primary server. Without the
   * message, a former primary server that did not notice the failover would still answer reads.
   */
  public String proofExpression() {
    return switch (this) {
      case H2, MARIADB -> "null";
      case POSTGRESQL ->
          "(select case when not pg_is_in_recovery()"
              + " and current_setting('synchronous_standby_names') <> ''"
              + " then pg_logical_emit_message(true, 'access-tokens', '') end)";
    };
  }

  /**
   * Returns an SQL expression for the reason why a read from this server does not always include
   * the last commit. The value is an empty text if a read always includes the last commit.
   *
   * @param galera true if the server is a node of a Galera cluster
   */
  public String staleReadReasonExpression(boolean galera) {
    return switch (this) {
      case H2 -> "''";
      case MARIADB ->
          "case when @@global.read_only not in ('0', 'OFF', 'NO') then"
              + " 'the database server is read only: reads must go to the one that writes'"
              + (galera
                  ? " when @@session.wsrep_sync_wait & 1 = 0 then"
                      + " 'wsrep_sync_wait is not set: reads are not causal'"
                  : "")
              + " else '' end";
      case POSTGRESQL ->
          "case when pg_is_in_recovery() then"
              + " 'the database server is a standby: reads must go to the one that writes'"
              + " else '' end";
    };
  }

  /**
   * Returns true if a statement failed only because of a conflict with a concurrent transaction, or
   * on PostgreSQL with a concurrent migration.
   */
  boolean isConflict(SQLException e) {
    return conflicts.contains(e.getErrorCode())
        || (e.getSQLState() != null && CONFLICT_STATES.contains(e.getSQLState()))
        || (this == POSTGRESQL && CHANGED_RESULT.equals(e.getSQLState()));
  }

  /**
   * Checks the SQL mode of MariaDB, or the encoding, the schema and the sessions of PostgreSQL.
   * Does nothing for H2.
   *
   * @param connection a connection of the data source
   * @throws DatabaseRefusedException if the database cannot be used; the message says what to do
   * @throws SQLException if the database cannot be reached
   */
  public void requireUsable(Connection connection, DataSource dataSource) throws SQLException {
    switch (this) {
      case H2 -> {}
      case MARIADB -> MariaDbSession.requireUsable(connection);
      case POSTGRESQL -> PostgresSession.requireUsable(dataSource);
    }
  }

  /** Returns the values of the placeholders {@code ${name}} in the migrations. */
  public Map<String, String> placeholders() {
    return placeholders;
  }
}
