package io.accesstokens.store.jdbc;

import java.sql.SQLException;

/** Creates exceptions that explain in one line why a database could not be opened. */
public final class Refusals {

  private Refusals() {}

  public static RuntimeException translated(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String reason =
        switch (e.getErrorCode()) {
          case 90011 -> "the path of its file must be absolute, or start with ./ or ~/";
          case 90020 -> "its file is in use by another process";
          case 90028, 90031 -> "its file cannot be read or written";
          case 90048, 90030 -> "its file is damaged or of another version of H2";
          case 1049, 90146, 90149 -> "there is no database of that name";
          case 1044, 1045 -> "user or password is wrong, or the user may not use this database";
          default -> reason(state);
        };
    if (!reason.isEmpty()) {
      return new DatabaseRefusedException("the database cannot be opened: " + reason, e);
    }
    if (DatabaseFailures.isOutage(e) && !isOfEmbedded(e)) {
      return DatabaseFailures.unavailable(e);
    }
    return new DatabaseRefusedException("the database cannot be opened: " + firstLine(e), e);
  }

  private static String reason(String state) {
    return switch (state) {
      case "3D000" -> "there is no database of that name";
      case "08P01" ->
          "the server does not accept the driver's connection; connect to the database server itself,"
              + " and not to a pooler such as PgBouncer";
      case "42501" -> "the user lacks a privilege that migrations need";
      default -> state.startsWith("28") ? "user or password is wrong" : "";
    };
  }

  /**
   * Returns true if the error comes from an embedded H2 database. H2 reports nearly all errors as
   * connection errors. Only error 90067 comes from an H2 server.
   */
  private static boolean isOfEmbedded(SQLException e) {
    return e.getErrorCode() >= 90000 && e.getErrorCode() < 91000 && e.getErrorCode() != 90067;
  }

  /**
   * Returns the first line of the driver's message. If this line contains a JDBC URL, returns only
   * the error code, because a URL can contain a password.
   */
  private static String firstLine(SQLException e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    return message
        .lines()
        .findFirst()
        .filter(line -> !line.contains("jdbc:"))
        .orElse("error " + e.getErrorCode());
  }
}
