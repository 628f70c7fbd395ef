package io.accesstokens.app;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.ConnectionSecurity;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.store.schema.TokenTables;
import io.accesstokens.token.StoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * The configured database. The connections come from a pool of this application or from a
 * DataSource of the container.
 */
public final class ConfiguredDatabase implements AutoCloseable {

  private static final Logger LOG = System.getLogger(ConfiguredDatabase.class.getName());

  /** Name of the user of an embedded H2 database if no user is configured. */
  private static final String H2_USER = "sa";

  private final DataSource dataSource;

  /** The database file of an embedded database; empty for any other database. */
  private final Optional<Path> file;

  private final Consumer<Object> publishing;
  private final Runnable closing;
  private final SqlLogFilter logFilter = SqlLogFilter.install();

  private ConfiguredDatabase(
      DataSource dataSource, Optional<Path> file, Consumer<Object> publishing, Runnable closing) {
    this.dataSource = dataSource;
    this.file = file;
    this.publishing = publishing;
    this.closing = closing;
  }

  /**
   * Opens the database with a connection pool.
   *
   * @throws StartupException if the database is unreachable or refuses the connection
   */
  public static ConfiguredDatabase open(Storage.Jdbc jdbc) {
    DataDirectory.prepare(jdbc);
    return open(jdbc, jdbc.url());
  }

  /**
   * Opens the database with a connection pool. Creates no files of an embedded database.
   *
   * @throws StartupException if the files of an embedded database do not exist, or if the database
   *     is unreachable or refuses the connection
   */
  public static ConfiguredDatabase openExisting(Storage.Jdbc jdbc) {
    return openIfExists(jdbc, "")
        .orElseThrow(
            () ->
                new StartupException(
                    "the database " + jdbc + " does not exist: start the server, or run migrate"));
  }

  /**
   * Opens the database for a caller that only reads. An embedded database is opened read-only, and
   * its files are not created.
   *
   * @return the database; empty if the files of an embedded database do not exist yet
   * @throws StartupException if the database is unreachable or refuses the connection
   */
  public static Optional<ConfiguredDatabase> openToRead(Storage.Jdbc jdbc) {
    return openIfExists(jdbc, ";ACCESS_MODE_DATA=r");
  }

  private static Optional<ConfiguredDatabase> openIfExists(Storage.Jdbc jdbc, String parameters) {
    if (!jdbc.isEmbedded()) {
      return Optional.of(open(jdbc));
    }
    try {
      return Optional.of(open(jdbc, jdbc.url() + ";IFEXISTS=TRUE" + parameters));
    } catch (StartupException e) {
      if (e.getCause() instanceof DatabaseRefusedException refused
          && refused.isOfMissingDatabase()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static ConfiguredDatabase open(Storage.Jdbc jdbc, String url) {
    try {
      ConnectionPool pool =
          ConnectionPool.open(
              url,
              jdbc.user().orElse(jdbc.isEmbedded() ? H2_USER : ""),
              () -> jdbc.password().map(Secret::reveal).orElse(""),
              jdbc.maximumPoolSize());
      return new ConfiguredDatabase(pool, jdbc.file(), pool::publishMetrics, pool::close);
    } catch (DatabaseRefusedException | StoreUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Looks up a DataSource of the container by its JNDI name. Logs a warning if the connections of
   * the DataSource are not encrypted.
   *
   * @param allowPlaintext true to suppress the warning
   * @throws StartupException if the container has no DataSource with the JNDI name
   */
  @SuppressWarnings("BanJNDI") // The operator sets the name, and it is local to the container.
  public static ConfiguredDatabase open(
      Storage.ContainerDataSource container, boolean allowPlaintext) {
    // A name with another scheme can make JNDI send the look-up to a remote server.
    if (container.jndiName().contains(":") && !container.jndiName().startsWith("java:")) {
      throw noSuchDataSource();
    }
    try {
      DataSource found = InitialContext.doLookup(container.jndiName());
      DataSource dataSource = ServerDataSource.of(found);
      if (!allowPlaintext && ConnectionSecurity.isPlaintext(dataSource)) {
        LOG.log(
            Level.WARNING,
            "connections of the DataSource {0} are not encrypted: set sslMode=verify-full (MariaDB)"
                + " or sslmode=verify-full (PostgreSQL) on it, or"
                + " accessTokens.database.allowPlaintext to true if that network is trusted",
            container.jndiName());
      }
      return new ConfiguredDatabase(dataSource, Optional.empty(), registry -> {}, () -> {});
    } catch (NamingException | ClassCastException e) {
      throw noSuchDataSource();
    }
  }

  private static StartupException noSuchDataSource() {
    return new StartupException(
        "accessTokens.database.jndiName must be the name of a DataSource of the container");
  }

  /**
   * Publishes the metrics of the connection pool of this application. Publishes nothing for a
   * DataSource of the container.
   */
  public void publishMetrics(MeterRegistry registry) {
    publishing.accept(registry);
  }

  /** Returns the DataSource of this database. */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * Applies the pending migrations to the database schema, and returns these migrations.
   *
   * @throws StartupException if the database is unreachable or refuses a migration, or if an
   *     embedded database has lost its tables
   */
  public List<Migrations.Migration> migrate() {
    return orRefuse(
        database -> {
          requireTables(database);
          return Migrations.migrate(database);
        });
  }

  /**
   * Throws an exception if an embedded database has no tables, but the key file is in its
   * directory. The service creates the key file after the tables. Therefore the database was lost,
   * and a new database would silently reject all tokens. A database outside of the data directory
   * is not checked, because the key file is in the data directory.
   */
  private void requireTables(DataSource database) {
    Optional<Path> keyFile = file.map(path -> path.resolveSibling(SigningKeySeal.FILE));
    if (keyFile.filter(Files::exists).isPresent()
        && TokenTables.in(database) == TokenTables.ABSENT) {
      throw new StartupException(
          "the database file "
              + file.get()
              + " is new or empty, but "
              + SigningKeySeal.FILE
              + " in its directory is from an earlier database: restore the database file; or, to"
              + " start without the earlier tokens, move "
              + SigningKeySeal.FILE
              + " to another directory");
    }
  }

  /**
   * Returns the migrations that {@link #migrate} would apply. Does not change the database.
   *
   * @throws StartupException if the database is unreachable or refuses the query
   */
  public List<Migrations.Migration> pendingMigrations() {
    return orRefuse(Migrations::pending);
  }

  private List<Migrations.Migration> orRefuse(
      Function<DataSource, List<Migrations.Migration>> action) {
    try {
      return action.apply(dataSource);
    } catch (DatabaseRefusedException | StoreUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Closes the connection pool of this application. Does not close a DataSource of the container.
   */
  @Override
  public void close() {
    closing.run();
    logFilter.close();
  }
}
