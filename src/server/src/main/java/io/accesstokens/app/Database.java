package io.accesstokens.app;

import io.accesstokens.app.settings.Secret;
import io.accesstokens.app.settings.Storage;
import io.accesstokens.store.hibernate.ConnectionPool;
import io.accesstokens.store.hibernate.ConnectionSecurity;
import io.accesstokens.store.hibernate.DatabaseRefusedException;
import io.accesstokens.store.hibernate.Migrations;
import io.accesstokens.token.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** The configured database: a pool of our own, or a DataSource of the container. */
public final class Database implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Database.class.getName());

  /** What every tool for H2 tries first. */
  private static final String H2_USER = "sa";

  private final DataSource dataSource;
  private final Runnable closing;

  private Database(DataSource dataSource, Runnable closing) {
    this.dataSource = dataSource;
    this.closing = closing;
  }

  /**
   * Opens it.
   *
   * @throws StartupException if it does not let us in
   */
  public static Database open(Storage.Jdbc jdbc) {
    DataDirectory.require(jdbc);
    return open(jdbc, jdbc.url());
  }

  /**
   * Opens it for reading only: embedded files are neither made nor changed.
   *
   * @return empty if there are no such files yet
   * @throws StartupException if it does not let us in
   */
  public static Optional<Database> openToRead(Storage.Jdbc jdbc) {
    if (!jdbc.isEmbedded()) {
      return Optional.of(open(jdbc));
    }
    try {
      return Optional.of(open(jdbc, jdbc.url() + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r"));
    } catch (StartupException e) {
      if (e.getCause() instanceof DatabaseRefusedException refused
          && refused.isOfMissingDatabase()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Database open(Storage.Jdbc jdbc, String url) {
    try {
      ConnectionPool pool =
          ConnectionPool.open(
              url,
              jdbc.user().orElse(jdbc.isEmbedded() ? H2_USER : ""),
              jdbc.password().map(Secret::reveal).orElse(""),
              jdbc.maximumPoolSize());
      return new Database(pool, pool::close);
    } catch (DatabaseRefusedException | StoreUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Looks it up, and warns if its connections are not encrypted.
   *
   * @param allowPlaintext true if no warning is due
   * @throws StartupException if the container has no such DataSource
   */
  @SuppressWarnings("BanJNDI") // The name is the operator's, and stays within the container.
  public static Database open(Storage.ContainerDataSource container, boolean allowPlaintext) {
    // A name with another scheme would be fetched from elsewhere.
    if (container.jndiName().contains(":") && !container.jndiName().startsWith("java:")) {
      throw noSuchDataSource();
    }
    try {
      DataSource found = InitialContext.doLookup(container.jndiName());
      DataSource dataSource = ServerDataSource.of(found);
      if (!allowPlaintext && ConnectionSecurity.isPlaintext(dataSource)) {
        LOG.log(
            Level.WARNING,
            "connections of the DataSource {0} are not encrypted: set sslMode=verify-full on it, or"
                + " accessTokens.database.allowPlaintext to true if that network is trusted",
            container.jndiName());
      }
      return new Database(dataSource, () -> {});
    } catch (NamingException | ClassCastException e) {
      throw noSuchDataSource();
    }
  }

  private static StartupException noSuchDataSource() {
    return new StartupException(
        "accessTokens.database.jndiName must be the name of a DataSource of the container");
  }

  /** The connections. */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * Applies the migrations that are pending, and tells which.
   *
   * @throws StartupException if the database does not let us
   */
  public List<Migrations.Migration> migrate() {
    return orRefuse(Migrations::migrate);
  }

  /**
   * The migrations that {@link #migrate} would apply; changes nothing.
   *
   * @throws StartupException if the database does not let us
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

  /** Closes what was opened; a container's DataSource stays. */
  @Override
  public void close() {
    closing.run();
  }
}
