package io.accesstokens.backstage;

import io.accesstokens.store.jdbc.DatabaseErrorMessages;
import java.sql.SQLException;

/**
 * Describes an error of a JDBC driver in a few words. The description never contains the driver's
 * message, because the message may contain a URL or data.
 */
final class SourceFailures {

  private SourceFailures() {}

  static boolean isMissingTable(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.equals("42P01")
        || state.equals("42S02")
        || String.valueOf(e.getMessage()).contains("no such table");
  }

  static String reason(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (e.getClass().getName().startsWith("org.sqlite.")) {
      return sqlite(e.getErrorCode() & 0xFF);
    }
    if (state.startsWith("28") || e.getErrorCode() == 1044 || e.getErrorCode() == 1045) {
      return "user or password is wrong, or the user may not use this database";
    }
    if (state.equals("3D000") || e.getErrorCode() == 1049) {
      return "there is no database of that name";
    }
    if (DatabaseErrorMessages.isMissingPrivilege(e)) {
      return "the user may not read the plugin's tables";
    }
    if (state.startsWith("08")) {
      return "it is unreachable";
    }
    if (e.getErrorCode() == 0 && e.getSQLState() == null) {
      return "the JDBC driver fails: its jar may be damaged, or may not support this platform";
    }
    return "error " + e.getErrorCode() + ", SQLSTATE " + state;
  }

  /**
   * Describes a result code of SQLite.
   *
   * @param code the primary result code, without the extended bits
   */
  private static String sqlite(int code) {
    return switch (code) {
      case 5, 6 -> "it is locked by another process";
      case 8 -> "it must be recovered first, by a program that may write to it";
      case 14 -> "the file does not exist or cannot be read";
      case 11, 26 -> "the file is damaged or is not an SQLite database";
      default -> "error " + code + " of SQLite";
    };
  }
}
