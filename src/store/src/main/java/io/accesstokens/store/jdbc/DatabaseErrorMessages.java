package io.accesstokens.store.jdbc;

import io.accesstokens.token.StoreUnavailableException;
import java.io.EOFException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Explains in one line why a database could not be opened, or why it refused a write. */
public final class DatabaseErrorMessages {

  /**
   * Matches the password in a text such as {@code user:password@host}, from the last character of
   * the user to the character {@code @}.
   */
  private static final Pattern CREDENTIALS = Pattern.compile("[^\\s:@']:[^\\s:@']++@");

  /** Matches the number of the connection, with which each message of MariaDB's driver begins. */
  private static final Pattern CONNECTION_NUMBER = Pattern.compile("\\(conn=-?[0-9]++\\) ");

  /**
   * Error codes for a missing privilege. MariaDB: on a database, a table or a column. H2: on a
   * table of an H2 server.
   */
  private static final Set<Integer> MISSING_PRIVILEGE = Set.of(1044, 1142, 1143, 90096);

  private static final String DAMAGED_FILE =
      "its file is damaged or of another version of H2; restore a backup";

  /** Error code of H2 for a write to a file that this process can only read. */
  private static final int H2_READ_ONLY = 90097;

  private DatabaseErrorMessages() {}

  public static RuntimeException translated(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String reason =
        switch (e.getErrorCode()) {
          case 90011 -> "the path of its file must be absolute, or start with ./ or ~/";
          case 90020 -> "its file is in use by another process";
          case 90028, 90031 ->
              rootCause(e) instanceof EOFException
                  ? DAMAGED_FILE
                  : "its file cannot be read or written" + inParentheses(rootCause(e));
          case 90048, 90030 -> DAMAGED_FILE;
          case 1049, 90146, 90149 -> "there is no database of that name";
          case 1044, 1045 -> "user or password is wrong, or the user may not use this database";
          default -> isMissingPrivilege(e) ? missingPrivilege(e) : reason(state);
        };
    if (!reason.isEmpty()) {
      return new DatabaseRefusedException("the database cannot be opened: " + reason, e);
    }
    if (DatabaseFailures.isOutage(e) && !isOfEmbedded(e)) {
      return unavailable(e);
    }
    return new DatabaseRefusedException("the database cannot be opened: " + firstLine(e), e);
  }

  /** Creates an exception that contains the message of the driver or of the connection pool. */
  public static StoreUnavailableException unavailable(Exception e) {
    String reason = String.valueOf(DatabaseFailures.unavailable(e).getMessage());
    String detail = withCause(e);
    return new StoreUnavailableException(
        reason.contains(detail) ? reason : reason + ": " + detail, e);
  }

  /** Returns true if the user of the database lacks a privilege. */
  public static boolean isMissingPrivilege(SQLException e) {
    return "42501".equals(e.getSQLState()) || MISSING_PRIVILEGE.contains(e.getErrorCode());
  }

  /**
   * Explains in one line why a database refused a write.
   *
   * @param e the failure, whose cause can be an exception of the driver
   * @return the line; empty unless a privilege is missing or the database is read-only
   */
  public static Optional<String> refusedWrite(Throwable e) {
    return DatabaseFailures.ofDriver(e)
        .flatMap(
            sql -> {
              if (isMissingPrivilege(sql)) {
                return Optional.of(lackingPrivilege(sql));
              }
              return sql.getErrorCode() == H2_READ_ONLY || DatabaseFailures.isReadOnly(sql)
                  ? Optional.of("the database is read-only: " + firstLine(sql))
                  : Optional.empty();
            });
  }

  static String lackingPrivilege(SQLException e) {
    return "the user of the database lacks a privilege: " + firstLine(e);
  }

  private static String missingPrivilege(SQLException e) {
    return "the user lacks a privilege that migrations need: " + firstLine(e);
  }

  private static String reason(String state) {
    return switch (state) {
      case "3D000" -> "there is no database of that name";
      case "08P01" ->
          "the server does not accept the driver's connection; connect to the database server itself,"
              + " and not to a pooler such as PgBouncer";
      default -> state.startsWith("28") ? "user or password is wrong" : "";
    };
  }

  /**
   * Returns true if a connection error comes from an embedded H2 database. H2 reports nearly all
   * errors of an embedded database as connection errors. Only error 90067 is a failed connection to
   * an H2 server.
   */
  private static boolean isOfEmbedded(SQLException e) {
    return e.getErrorCode() >= 90000 && e.getErrorCode() < 91000 && e.getErrorCode() != 90067;
  }

  /**
   * Returns the first line of the driver's message, without the number of the connection, which
   * differs for each attempt. If this line contains a JDBC URL, returns only the error code,
   * because a URL can contain a password.
   */
  static String firstLine(SQLException e) {
    return firstLine(e.getMessage()).orElse("error " + e.getErrorCode());
  }

  private static Optional<String> firstLine(@Nullable String text) {
    return Objects.requireNonNullElse(text, "")
        .lines()
        .findFirst()
        .map(line -> CONNECTION_NUMBER.matcher(line).replaceAll(""))
        .filter(line -> !line.contains("jdbc:") && !CREDENTIALS.matcher(line).find());
  }

  /**
   * Returns the first line of the message. Appends the deepest cause, unless the line contains the
   * message of this cause.
   */
  static String withCause(Exception e) {
    Throwable root = rootCause(e);
    String line = firstLine(e.getMessage()).orElse(e.getClass().getName());
    String cause = firstLine(root.getMessage()).orElse("");
    return line.contains(cause) ? line : line + inParentheses(root);
  }

  private static Throwable rootCause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String inParentheses(Throwable e) {
    return firstLine(e.toString()).map(line -> " (" + line + ")").orElse("");
  }
}
