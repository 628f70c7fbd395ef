package io.accesstokens.store.hibernate;

import io.accesstokens.token.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.Set;

/** Tells outages from other failures of a database. */
final class DatabaseFailures {

  /**
   * Errors that mean "not now", beside those of SQLSTATE class 08 (connection), 57 (operator
   * intervention) and 58 (system). MariaDB: disk or table full, too many connections, shutdown in
   * progress, read only (after a failover), statement or connection killed. H2: file trouble,
   * closed.
   */
  private static final Set<Integer> OUTAGES =
      Set.of(
          1021, 1114, 1317, 1040, 1053, 1290, 1836, 1927, 90028, 90031, 90067, 90098, 90121, 90020);

  private static final String NO_CONNECTION = "08001";

  private DatabaseFailures() {}

  /** The first exception of JDBC among the causes. */
  static Optional<SQLException> sqlException(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return Optional.of(sql);
      }
    }
    return Optional.empty();
  }

  static boolean isOutage(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql && isOutage(sql)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOutage(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return e instanceof SQLTransientConnectionException
        || e instanceof SQLNonTransientConnectionException
        || e instanceof SQLRecoverableException
        || state.startsWith("08")
        || state.startsWith("57")
        || state.startsWith("58")
        || OUTAGES.contains(e.getErrorCode());
  }

  /**
   * Whether the server refused a statement for what it says, by SQLSTATE class 23 (constraint) or
   * 42 (no such table, no such right): it has done nothing of it, and will not another time.
   */
  static boolean isRefusal(Throwable e) {
    return sqlException(e)
        .map(SQLException::getSQLState)
        .filter(state -> state.startsWith("23") || state.startsWith("42"))
        .isPresent();
  }

  /**
   * What a {@code DataSource} says that gives no connection, in a form of which {@link #isOutage}
   * can judge. Pools of containers have no SQLSTATE for failures of their own, such as all
   * connections being in use for too long; those of the driver are among the causes.
   */
  static SQLException noConnection(SQLException e) {
    return ofDriver(e).isPresent()
        ? e
        : new SQLTransientConnectionException(e.getMessage(), NO_CONNECTION, e);
  }

  /** The first exception among the causes that has an SQLSTATE or an error code. */
  static Optional<SQLException> ofDriver(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql && (sql.getSQLState() != null || sql.getErrorCode() != 0)) {
        return Optional.of(sql);
      }
    }
    return Optional.empty();
  }

  static StoreUnavailableException unavailable(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof AllInUse) {
        return new StoreUnavailableException("all connections to the database are in use", cause);
      }
    }
    return new StoreUnavailableException("the database is out of reach", cause);
  }

  /** Nothing is wrong with the database, but no connection became free in time. */
  static final class AllInUse extends SQLTransientConnectionException {
    private static final long serialVersionUID = 1;

    AllInUse(SQLException cause) {
      super(cause.getMessage(), NO_CONNECTION, cause);
    }
  }
}
