package io.accesstokens.store.hibernate;

import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Whose tables of service tokens a database holds. */
public enum TokenTables {
  /** There are none. */
  ABSENT,
  /** Those that {@link Migrations} made. */
  OURS,
  /** Those of another program, such as the Backstage plugin, whose tables have the same names. */
  FOREIGN;

  /** A column that only our migrations make. */
  private static final String OUR_COLUMN = "list_status";

  /**
   * Looks, and changes nothing.
   *
   * @throws StoreUnavailableException if the database is out of reach
   */
  public static TokenTables in(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet none =
            statement.executeQuery("select * from " + TokenEntity.TABLE + " where 1 = 0")) {
      ResultSetMetaData columns = none.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        if (columns.getColumnLabel(i).equalsIgnoreCase(OUR_COLUMN)) {
          return OURS;
        }
      }
      return FOREIGN;
    } catch (SQLException e) {
      if (DatabaseFailures.isOutage(e)) {
        throw DatabaseFailures.unavailable(e);
      }
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("42")) { // no such table
        return ABSENT;
      }
      throw new IllegalStateException("the database cannot be read: error " + e.getErrorCode(), e);
    }
  }
}
