package io.accesstokens.store.schema;

import io.accesstokens.store.jdbc.DatabaseErrorMessages;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/**
 * Creates and updates the database schema.
 *
 * <p>The {@code DataSource} can connect to MariaDB, PostgreSQL or H2. The schema can also contain
 * the tables of a host application. Migrations only add to the schema, or change the columns of an
 * index. Therefore an older version of this program can run on a newer schema. If the schema has no
 * tables of this program, one baseline migration creates all of them.
 *
 * <p>Many replicas may call {@link #migrate} at the same time. One replica runs the migrations, and
 * the others wait for it. On a Galera cluster, this holds only for the replicas of one node, see
 * {@code MigrationLock}.
 */
public final class Migrations {

  /** Name of the table that records which migrations were applied. */
  public static final String HISTORY_TABLE = "access_tokens_schema_history";

  /**
   * SQL query for incomplete indexes that migrations create concurrently. The query ignores other
   * indexes: the operator may be creating them.
   */
  private static final String INCOMPLETE_INDEXES =
      "select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid"
          + " join pg_namespace n on n.oid = c.relnamespace where not i.indisvalid"
          + " and n.nspname = current_schema() and c.relname in ('service_access_tokens_due',"
          + " 'service_access_tokens_creator', 'service_access_tokens_counts',"
          + " 'service_access_tokens_group_status',"
          + " 'service_access_tokens_status_last_used')";

  private static final Set<MigrationState> NOT_APPLIED =
      Set.of(MigrationState.PENDING, MigrationState.FAILED);

  /**
   * A change of the database schema.
   *
   * @param version the version number of the migration
   * @param description what the migration adds
   */
  public record Migration(String version, String description) {}

  private Migrations() {}

  /**
   * Applies the pending migrations. Repeats a failed or interrupted migration. This is safe: a
   * failed statement has changed nothing, and the other statements can be repeated, except those of
   * V001 to V416.
   *
   * <p>On PostgreSQL, some indexes are created concurrently. Their creation waits for all
   * transactions of the database that began before, even in a schema without tables.
   *
   * <p>The statements of the migrations V001 to V416 cannot be repeated. Only databases of earlier
   * versions get these migrations. On MariaDB and H2, this method fails if a process was killed
   * after one of these statements and before the history contained the migration.
   *
   * @return the migrations that this call has applied
   * @throws StoreUnavailableException if the database cannot be reached, or if another replica
   *     still runs migrations after ten minutes
   * @throws DatabaseRefusedException if the database cannot be used as configured
   * @throws FlywayException if a migration fails
   */
  public static List<Migration> migrate(DataSource dataSource) {
    try (MigrationLock lock = MigrationLock.acquire(dataSource)) {
      Flyway flyway = configuration(dataSource, lock.databaseKind()).load();
      MigrationInfoService info = flyway.info();
      List<MigrationInfo> pending = pending(info);
      if (pending.stream().anyMatch(one -> one.getState() == MigrationState.FAILED)) {
        // Flyway would skip a failed baseline migration, and refuse to continue after any other
        // failed migration.
        deleteFromHistory(dataSource, "success", "false");
      }
      MigrationInfo[] applied = info.applied();
      // Flyway refuses a schema that has other tables and no history. With an empty history, it
      // applies the baseline migration.
      boolean noHistory = applied.length == 0 && !hasHistory(dataSource);
      if (noHistory) {
        flyway.baseline();
      }
      if (noHistory || isOnlyMarker(applied)) {
        deleteFromHistory(dataSource, "type", "'" + CoreMigrationType.BASELINE + "'");
      }
      if (!pending.isEmpty() && lock.databaseKind() == DatabaseKind.POSTGRESQL) {
        dropIncompleteIndexes(dataSource);
      }
      return pending.isEmpty()
          ? List.of()
          : flyway.migrate().migrations.stream()
              .map(one -> new Migration(one.version, one.description))
              .toList();
    } catch (SQLException | FlywayException e) {
      throw translated(e);
    }
  }

  /**
   * Returns the migrations that {@link #migrate} would apply, without changing the database.
   *
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws DatabaseRefusedException if the database cannot be used as configured
   */
  public static List<Migration> pending(DataSource dataSource) {
    try {
      return pending(configuration(dataSource, databaseKind(dataSource)).load().info()).stream()
          .map(info -> new Migration(String.valueOf(info.getVersion()), info.getDescription()))
          .toList();
    } catch (SQLException | FlywayException e) {
      throw translated(e);
    }
  }

  private static DatabaseKind databaseKind(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      DatabaseKind databaseKind = DatabaseKind.of(connection);
      databaseKind.requireUsable(connection, dataSource);
      return databaseKind;
    }
  }

  private static List<MigrationInfo> pending(MigrationInfoService info) {
    return Arrays.stream(info.all()).filter(one -> NOT_APPLIED.contains(one.getState())).toList();
  }

  private static boolean hasHistory(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      DatabaseMetaData database = connection.getMetaData();
      String schema = connection.getSchema();
      try (ResultSet tables =
          database.getTables(
              connection.getCatalog(),
              schema == null ? null : literal(schema, database),
              literal(HISTORY_TABLE, database),
              null)) {
        return tables.next();
      }
    }
  }

  /**
   * Returns a pattern that matches only this name. In a pattern, an underscore matches any
   * character.
   */
  private static String literal(String name, DatabaseMetaData database) throws SQLException {
    return name.replace("_", database.getSearchStringEscape() + "_");
  }

  /**
   * Returns true if the history contains only the marker of {@link Flyway#baseline}. With the
   * marker, Flyway would apply the migrations V001 to V416 instead of the baseline migration.
   */
  private static boolean isOnlyMarker(MigrationInfo[] applied) {
    return applied.length == 1 && applied[0].getType() == CoreMigrationType.BASELINE;
  }

  /**
   * Deletes the rows of the history that have the given value in a column. Flyway quotes the names
   * of the table and its columns. This method quotes them too, because H2 would otherwise search
   * for names in upper case.
   */
  private static void deleteFromHistory(DataSource dataSource, String column, String value)
      throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      String quote = connection.getMetaData().getIdentifierQuoteString();
      statement.execute(
          "delete from %1$s%2$s%1$s where %1$s%3$s%1$s = %4$s"
              .formatted(quote, HISTORY_TABLE, column, value));
      if (!connection.getAutoCommit()) { // a DataSource of a host application
        connection.commit();
      }
    }
  }

  /**
   * Drops the indexes whose creation was interrupted. PostgreSQL keeps an incomplete index, but
   * does not use it. A migration would not create the index again, because its name exists.
   */
  private static void dropIncompleteIndexes(DataSource dataSource) throws SQLException {
    try (Connection connection = new NoTimeoutDataSource(dataSource).getConnection();
        Statement statement = connection.createStatement()) {
      List<String> names = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery(INCOMPLETE_INDEXES)) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
      for (String name : names) {
        statement.execute("drop index concurrently if exists " + name);
      }
    }
  }

  static FluentConfiguration configuration(DataSource dataSource, DatabaseKind databaseKind) {
    FluentConfiguration configuration =
        Flyway.configure(Migrations.class.getClassLoader())
            .loggers(FlywayLog.class.getName())
            .dataSource(new NoTimeoutDataSource(dataSource))
            .locations("classpath:io/accesstokens/store/migrations")
            .failOnMissingLocations(true)
            .table(HISTORY_TABLE)
            // A later release can add a migration whose number is between the baseline and the
            // latest applied migration. Flyway must not skip this migration, because the code
            // needs its column. The order does not matter, as the package documentation says.
            .outOfOrder(true)
            .baselineVersion("0")
            // A statement that creates an index concurrently must not run in a transaction.
            .mixed(true)
            .placeholders(Map.copyOf(databaseKind.placeholders()));
    if (databaseKind == DatabaseKind.POSTGRESQL) {
      // The transaction of this lock could have a snapshot. An index that is created concurrently
      // would wait for its end.
      configuration
          .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
          .setTransactionalLock(false);
    }
    return configuration;
  }

  private static RuntimeException translated(Exception e) {
    if (DatabaseFailures.isOutage(e)) {
      return DatabaseErrorMessages.unavailable(e);
    }
    Optional<SQLException> ofDriver = DatabaseFailures.ofDriver(e);
    if (e instanceof SQLException sql) {
      return DatabaseErrorMessages.translated(ofDriver.orElse(sql));
    }
    return ofDriver
        .filter(DatabaseErrorMessages::isMissingPrivilege)
        .map(DatabaseErrorMessages::translated)
        .orElse((RuntimeException) e);
  }
}
