package io.accesstokens.store.jdbc;

import io.accesstokens.token.StoreUnavailableException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.exception.ConstraintViolationException;

/** Distinguishes outages from other failures of a database. */
public final class DatabaseFailures {

  /** SQLSTATE of PostgreSQL for a write in a read-only transaction, for example on a standby. */
  private static final String POSTGRES_READ_ONLY = "25006";

  /**
   * Error codes of temporary failures, in addition to {@link #OUTAGE_CLASSES} and {@link
   * #OUTAGE_STATES}.
   *
   * <ul>
   *   <li>MariaDB: too many connections, shutdown in progress, read-only (after a failover),
   *       statement or connection killed, statement that took too long.
   *   <li>H2: file errors, database closed.
   * </ul>
   */
  private static final Set<Integer> OUTAGES =
      Set.of(1317, 1040, 1053, 1290, 1836, 1927, 1969, 90028, 90031, 90067, 90098, 90121, 90020);

  /** SQLSTATE classes of temporary failures: connection, operator intervention, and system. */
  private static final Set<String> OUTAGE_CLASSES = Set.of("08", "57", "58");

  /** SQLSTATE of PostgreSQL for the end of a session that was idle in a transaction. */
  private static final String POSTGRES_IDLE_IN_TRANSACTION = "25P03";

  /** SQLSTATE of PostgreSQL 17 for the end of a session by {@code transaction_timeout}. */
  private static final String POSTGRES_TRANSACTION_TIMEOUT = "25P04";

  /** SQLSTATEs of temporary failures, in addition to {@link #OUTAGE_CLASSES}. */
  private static final Set<String> OUTAGE_STATES =
      Set.of(POSTGRES_READ_ONLY, POSTGRES_IDLE_IN_TRANSACTION, POSTGRES_TRANSACTION_TIMEOUT);

  /**
   * Error codes of MariaDB for a lack of resources: error writing a file, disk or table full, and
   * limits on one user.
   */
  private static final Set<Integer> MARIADB_RESOURCES = Set.of(3, 1026, 1021, 1114, 1203, 1226);

  /** SQLSTATE class of PostgreSQL for a lack of resources. */
  private static final String POSTGRES_RESOURCES = "53";

  /** Error codes of MariaDB for a write to a server that is read-only. */
  private static final Set<Integer> MARIADB_READ_ONLY = Set.of(1290, 1836);

  /** SQLSTATEs of PostgreSQL for a missing table or schema. */
  private static final Set<String> MISSING_TABLE_STATES = Set.of("42P01", "3F000");

  /** Error codes for a missing database or table of MariaDB, and for a missing table of H2. */
  private static final Set<Integer> MISSING_TABLES = Set.of(1049, 1146, 42102, 42103, 42104);

  /**
   * The JDK's message of a read timeout. A connect timeout has the same class, but another message.
   */
  private static final String READ_TIMEOUT = "Read timed out";

  private static final int H2_GENERAL_ERROR = 50000;

  private static final String NO_CONNECTION = "08001";

  /** Error code of MariaDB for a statement that exceeds {@code max_statement_time}. */
  private static final int MARIADB_STATEMENT_TIMEOUT = 1969;

  /** SQLSTATE of PostgreSQL and H2 for a statement that exceeds its maximum duration. */
  private static final String STATEMENT_TIMEOUT = "57014";

  private DatabaseFailures() {}

  /**
   * Returns the first {@code SQLException} in the chain of causes of an exception, or empty if
   * there is none.
   */
  static Optional<SQLException> sqlException(Throwable e) {
    return sqlExceptions(e).findFirst();
  }

  /** Returns all {@code SQLException}s in the chain of causes of an exception, outermost first. */
  private static Stream<SQLException> sqlExceptions(Throwable e) {
    return causes(e).filter(SQLException.class::isInstance).map(SQLException.class::cast);
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause);
  }

  public static boolean isOutage(Throwable e) {
    return sqlExceptions(e).anyMatch(DatabaseFailures::isOutage);
  }

  /**
   * Returns true if the user of the database lacks a privilege, or if a table is missing. The
   * service cannot start without all tables and privileges. Therefore the database was changed
   * after the start.
   */
  static boolean lacksAccess(Throwable e) {
    return ofDriver(e)
        .filter(sql -> DatabaseErrorMessages.isMissingPrivilege(sql) || isMissingTable(sql))
        .isPresent();
  }

  /**
   * Returns true if a table, its schema or its database is missing. PostgreSQL also reports this if
   * the user lacks the privilege USAGE on the schema.
   */
  private static boolean isMissingTable(SQLException e) {
    return MISSING_TABLE_STATES.contains(String.valueOf(e.getSQLState()))
        || MISSING_TABLES.contains(e.getErrorCode());
  }

  private static boolean isOutage(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return e instanceof SQLTransientConnectionException
        || e instanceof SQLNonTransientConnectionException
        || e instanceof SQLRecoverableException
        || (state.length() == 5 && OUTAGE_CLASSES.contains(state.substring(0, 2)))
        || OUTAGE_STATES.contains(state)
        || OUTAGES.contains(e.getErrorCode())
        || lacksResources(e)
        || isH2StorageFailure(e);
  }

  /**
   * Returns true if H2 could not read or write its file, for example because the disk is full. H2
   * reports these failures as general errors.
   */
  static boolean isH2StorageFailure(SQLException e) {
    if (e.getErrorCode() != H2_GENERAL_ERROR) {
      return false;
    }
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t.getClass().getName().equals("org.h2.mvstore.MVStoreException")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns true if the database server rejected the content of a statement. The SQLSTATE class is
   * then 23 (constraint) or 42 (for example a missing table or privilege). The statement had no
   * effect, and a retry would also fail.
   */
  static boolean isRefusal(Throwable e) {
    return sqlException(e)
        .filter(sql -> violatesConstraint(sql) || hasStateOfClass(sql, "42"))
        .isPresent();
  }

  /** Returns true if a statement violated a constraint, for example of a primary key. */
  public static boolean violatesConstraint(SQLException e) {
    return hasStateOfClass(e, "23");
  }

  private static boolean hasStateOfClass(SQLException e, String stateClass) {
    return e.getSQLState() != null && e.getSQLState().startsWith(stateClass);
  }

  /**
   * Returns true if a statement violated the constraint with this name. H2 reports the name of a
   * constraint in upper case, unless the JDBC URL changes this.
   *
   * @param constraint the name of the constraint in lower case, or a part of the name
   */
  public static boolean violates(ConstraintViolationException e, String constraint) {
    // Hibernate finds the name in English messages only. No server translates the name.
    String reported =
        e.getConstraintName() == null ? e.getSQLException().getMessage() : e.getConstraintName();
    return reported != null && reported.toLowerCase(Locale.ROOT).contains(constraint);
  }

  /**
   * Converts an exception of a {@code DataSource} that returned no connection into an exception
   * that {@link #isOutage} recognizes. Each of these failures counts as temporary, even a wrong
   * password, because the database was usable at the start. The exception of a container's
   * connection pool can have no SQLSTATE, for example if all connections are in use.
   */
  static SQLException noConnection(SQLException e) {
    return isOutage(e) ? e : new SQLTransientConnectionException(e.getMessage(), NO_CONNECTION, e);
  }

  /**
   * Searches an exception and its causes for the first {@code SQLException} that has an SQLSTATE or
   * an error code. Returns empty if there is none.
   */
  public static Optional<SQLException> ofDriver(Throwable e) {
    return sqlExceptions(e)
        .filter(sql -> sql.getSQLState() != null || sql.getErrorCode() != 0)
        .findFirst();
  }

  /** Converts a failure into an exception whose message gives the reason. */
  public static StoreUnavailableException unavailable(Throwable cause) {
    String reason =
        causes(cause)
            .map(DatabaseFailures::reason)
            .flatMap(Optional::stream)
            .findFirst()
            .orElse("the database is unreachable");
    return new StoreUnavailableException(reason, cause);
  }

  /** Returns the reason that an exception gives without its causes; empty if it gives none. */
  private static Optional<String> reason(Throwable t) {
    if (t instanceof SocketTimeoutException && READ_TIMEOUT.equals(t.getMessage())) {
      return Optional.of("the database did not respond in time");
    }
    return t instanceof SQLException e ? sqlReason(e) : Optional.empty();
  }

  private static Optional<String> sqlReason(SQLException e) {
    if (e instanceof PoolExhaustedException) {
      return Optional.of("all connections to the database are in use");
    }
    if (e instanceof OtherServerException) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    if (isStatementTimeout(e)) {
      return Optional.of("a statement of the database took too long");
    }
    if (POSTGRES_IDLE_IN_TRANSACTION.equals(e.getSQLState())) {
      return Optional.of("the database ended a transaction that was idle for too long");
    }
    if (POSTGRES_TRANSACTION_TIMEOUT.equals(e.getSQLState())) {
      return Optional.of("the database ended a transaction that exceeded transaction_timeout");
    }
    if (isReadOnly(e)) {
      return Optional.of("the database is read-only");
    }
    if (DatabaseErrorMessages.isMissingPrivilege(e)) {
      return Optional.of(DatabaseErrorMessages.lackingPrivilege(e));
    }
    if (isMissingTable(e)) {
      return Optional.of(
          "a table is missing, or the user of the database may not use its schema: "
              + DatabaseErrorMessages.firstLine(e));
    }
    if (lacksResources(e)) {
      return Optional.of(
          "the database lacks space or has reached a limit: " + DatabaseErrorMessages.firstLine(e));
    }
    return isLoginRefused(e)
        ? Optional.of("the database refuses the user or the password")
        : Optional.empty();
  }

  static boolean isReadOnly(SQLException e) {
    return POSTGRES_READ_ONLY.equals(e.getSQLState())
        || MARIADB_READ_ONLY.contains(e.getErrorCode());
  }

  /** Returns true if the server lacks space or memory, or if a limit is reached. */
  private static boolean lacksResources(SQLException e) {
    return MARIADB_RESOURCES.contains(e.getErrorCode()) || hasStateOfClass(e, POSTGRES_RESOURCES);
  }

  private static boolean isStatementTimeout(SQLException e) {
    return e.getErrorCode() == MARIADB_STATEMENT_TIMEOUT
        || STATEMENT_TIMEOUT.equals(e.getSQLState());
  }

  /** Returns true if the SQLSTATE has the class "invalid authorization specification". */
  private static boolean isLoginRefused(SQLException e) {
    return hasStateOfClass(e, "28");
  }

  /** Thrown if a connection leads to a server that must not be used, although it responds. */
  static final class OtherServerException extends SQLTransientConnectionException {
    private static final long serialVersionUID = 1;

    OtherServerException(String message) {
      super(message, "08006");
    }
  }

  /** Thrown if no connection became free in time, although the database is available. */
  static final class PoolExhaustedException extends SQLTransientConnectionException {
    private static final long serialVersionUID = 1;

    PoolExhaustedException(SQLException cause) {
      super(cause.getMessage(), NO_CONNECTION, cause);
    }
  }
}
