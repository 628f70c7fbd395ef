package io.accesstokens.store.hibernate;

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
 * Makes and updates the schema.
 *
 * <p>Works on any {@code DataSource} of MariaDB or H2, also in a schema that has a host's tables.
 * Migrations only add. Any number of replicas may call at the same moment: one migrates, the others
 * wait for it. An older version of this program runs on a newer schema.
 */
public final class Migrations {

  /** The table that says which migrations were applied. */
  public static final String HISTORY_TABLE = "access_tokens_schema_history";

  /** A migration: its number, and what it adds. */
  public record Migration(String version, String description) {}

  private Migrations() {}

  /**
   * Applies what is pending.
   *
   * @return what was pending before; another replica may have been the one to apply it
   * @throws StoreUnavailableException if the database is out of reach
   * @throws DatabaseRefusedException if it does not let us in
   * @throws FlywayException if a migration fails; its message says what to look at
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
   * Lists what {@link #migrate} would apply, and changes nothing.
   *
   * @throws StoreUnavailableException if the database is out of reach
   * @throws DatabaseRefusedException if it does not let us in
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
        // Each only adds one thing, so one that came later with a lower number is not passed over:
        // code would look for a column that is not there.
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
