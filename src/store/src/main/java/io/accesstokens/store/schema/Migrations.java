package io.accesstokens.store.schema;

import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.store.jdbc.Refusals;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * Creates and updates the database schema.
 *
 * <p>The {@code DataSource} can connect to MariaDB, PostgreSQL or H2. The schema can also contain
 * the tables of a host application. Migrations only add to the schema, so an older version of this
 * program can run on a newer schema.
 *
 * <p>Many replicas may call {@link #migrate} at the same time. One replica runs the migrations, and
 * the others wait for it.
 */
public final class Migrations {

  /** Name of the table that records which migrations were applied. */
  public static final String HISTORY_TABLE = "access_tokens_schema_history";

  /**
   * A change of the database schema.
   *
   * @param version the version number of the migration
   * @param description what the migration adds
   */
  public record Migration(String version, String description) {}

  private Migrations() {}

  /**
   * Applies the pending migrations.
   *
   * @return the migrations that were pending when this call got the lock for migrations
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws DatabaseRefusedException if the database rejects the user or cannot be opened
   * @throws FlywayException if a migration fails
   */
  public static List<Migration> migrate(DataSource dataSource) {
    try (MigrationLock lock = MigrationLock.acquire(dataSource)) {
      Flyway flyway = flyway(dataSource, lock.vendor());
      List<Migration> pending = pending(flyway);
      if (!pending.isEmpty()) {
        flyway.migrate();
      }
      return pending;
    } catch (SQLException | FlywayException e) {
      throw translated(e);
    }
  }

  /**
   * Returns the migrations that {@link #migrate} would apply, without changing the database.
   *
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws DatabaseRefusedException if the database rejects the user or cannot be opened
   */
  public static List<Migration> pending(DataSource dataSource) {
    try {
      return pending(flyway(dataSource, vendor(dataSource)));
    } catch (SQLException | FlywayException e) {
      throw translated(e);
    }
  }

  private static DatabaseKind vendor(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      return DatabaseKind.of(connection);
    }
  }

  private static List<Migration> pending(Flyway flyway) {
    return Arrays.stream(flyway.info().pending()).map(Migrations::migration).toList();
  }

  private static Migration migration(MigrationInfo info) {
    return new Migration(String.valueOf(info.getVersion()), info.getDescription());
  }

  private static Flyway flyway(DataSource dataSource, DatabaseKind vendor) {
    return Flyway.configure(Migrations.class.getClassLoader())
        .loggers(FlywayLog.class.getName())
        .dataSource(new NoTimeoutDataSource(dataSource))
        .locations("classpath:io/accesstokens/store/migrations")
        .failOnMissingLocations(true)
        .table(HISTORY_TABLE)
        // A later release can add a migration with a lower number. Flyway must not skip it, because
        // the code needs its column. The order does not matter, because each migration only adds
        // one thing.
        .outOfOrder(true)
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .placeholders(Map.copyOf(vendor.placeholders()))
        .load();
  }

  private static RuntimeException translated(Exception e) {
    if (DatabaseFailures.isOutage(e)) {
      return DatabaseFailures.unavailable(e);
    }
    return e instanceof SQLException sql
        ? Refusals.translated(DatabaseFailures.ofDriver(sql).orElse(sql))
        : (RuntimeException) e;
  }
}
