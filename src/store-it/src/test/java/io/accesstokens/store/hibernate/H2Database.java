package io.accesstokens.store.hibernate;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** An embedded database of one test. */
public final class H2Database {

  private H2Database() {}

  /** Returns the JDBC URL in the form that the application uses. */
  public static String url(Path file) {
    return urlWithoutMode(file)
        + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE";
  }

  /** Returns a JDBC URL in the form that a host application can use. */
  public static String urlWithoutMode(Path file) {
    return "jdbc:h2:file:" + file + ";WRITE_DELAY=0";
  }

  /** Returns the plan of a statement, with the indexes that H2 uses. */
  public static String plan(DataSource database, String statement) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement explain = connection.prepareStatement("explain " + statement)) {
      for (int i = 1; i <= explain.getParameterMetaData().getParameterCount(); i++) {
        explain.setObject(i, null);
      }
      try (ResultSet row = explain.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
