package io.accesstokens.testing.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs SQL statements, each in a connection of its own. */
public final class Sql {

  private final Source source;

  /** Opens a connection, which the caller closes. */
  @FunctionalInterface
  public interface Source {
    Connection connect() throws SQLException;
  }

  public Sql(Source source) {
    this.source = source;
  }

  /** Runs a statement without a result. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Returns the first column of all rows, as texts. */
  public List<String> texts(String query) throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    }
  }

  /** Returns the result of a query for one number. */
  public long number(String query) throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw new SQLException("no row: " + query);
      }
      return row.getLong(1);
    }
  }

  /**
   * Returns the number of rows of a table.
   *
   * @param table the name of the table; a {@code where} clause can follow
   */
  public long count(String table) throws SQLException {
    return number("select count(*) from " + table);
  }
}
