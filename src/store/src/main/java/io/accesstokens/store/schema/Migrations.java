package io.accesstokens.store.schema;

import io.accesstokens.store.jdbc.DatabaseErrorMessages;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Creates and updates the database schema.
 *
 * <p>The {@code DataSource} can connect to MariaDB, PostgreSQL or H2. The schema can also contain
 * the tables of a host application. Migrations only add to the schema, so an older version of this
 * program can run on a newer schema. An empty database gets the schema from one baseline migration.
 *
 * <p>Many replicas may call {@link #migrate} at the same time. One replica runs the migrations, and
 * the others wait for it.
 */
public final class Migrations {

  /** Name of the table that records which migrations were applied. */
  public static final String HISTORY_TABLE = "access_tokens_schema_history";

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
   * Applies the pending migrations. Repeats a failed migration. This is safe: a failed statement
   * has changed nothing, and each statement before it in the same migration can be repeated.
   *
   * @return the migrations that this call has applied
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws DatabaseRefusedException if the database rejects the user or cannot be opened
   * @throws FlywayException if a migration fails
   */
  public static List<Migration> migrate(DataSource dataSource) {
    try (MigrationLock lock = MigrationLock.acquire(dataSource)) {
      Flyway flyway = configuration(dataSource, lock.vendor()).load();
      List<MigrationInfo> pending = pending(flyway);
      if (pending.stream().anyMatch(info -> info.getState() == MigrationState.FAILED)) {
        forgetFailed(dataSource);
      }
      return pending.isEmpty()
          ? List.of()
          : flyway.migrate().migrations.stream()
              .map(applied -> new Migration(applied.version, applied.description))
              .toList();
    } catch (SQLException | FlywayException e) {
      throw translated(e);
    }
  }

  /**
   * Returns the migrations that {@link #migrate} would apply, without changing the database. In a
   * schema that contains only tables of other applications, this is the baseline migration,
   * although {@code migrate} then applies all other migrations.
   *
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws DatabaseRefusedException if the database rejects the user or cannot be opened
   */
  public static List<Migration> pending(DataSource dataSource) {
    try {
      return pending(configuration(dataSource, vendor(dataSource)).load()).stream()
          .map(info -> new Migration(String.valueOf(info.getVersion()), info.getDescription()))
          .toList();
    } catch (SQLException | FlywayException e) {
      throw translated(e);
    }
  }

  private static DatabaseKind vendor(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      return DatabaseKind.of(connection);
    }
  }

  private static List<MigrationInfo> pending(Flyway flyway) {
    return Arrays.stream(flyway.info().all())
        .filter(info -> NOT_APPLIED.contains(info.getState()))
        .toList();
  }

  /**
   * Removes failed migrations from the history. Flyway would skip a failed baseline migration, and
   * refuse to continue after another one. The names are quoted, because Flyway quotes them too, and
   * H2 otherwise looks for names in upper case.
   */
  private static void forgetFailed(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      String quote = connection.getMetaData().getIdentifierQuoteString();
      statement.execute(
          "delete from %1$s%2$s%1$s where %1$ssuccess%1$s = false".formatted(quote, HISTORY_TABLE));
    }
  }

  static FluentConfiguration configuration(DataSource dataSource, DatabaseKind vendor) {
    return Flyway.configure(Migrations.class.getClassLoader())
        .loggers(FlywayLog.class.getName())
        .dataSource(new NoTimeoutDataSource(dataSource))
        .locations("classpath:io/accesstokens/store/migrations")
        .failOnMissingLocations(true)
        .table(HISTORY_TABLE)
        // A later release can add a migration with a lower number, above that of the baseline.
        // Flyway must not skip it, because the code needs its column. The order does not matter,
        // because each migration only adds one thing.
        .outOfOrder(true)
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .placeholders(Map.copyOf(vendor.placeholders()));
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
