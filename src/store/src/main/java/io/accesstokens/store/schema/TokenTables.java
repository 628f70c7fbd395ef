package io.accesstokens.store.schema;

import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseErrorMessages;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Identifies the program that created the tables of service tokens in a database. */
public enum TokenTables {
  /** The database has no tables of service tokens. */
  ABSENT,
  /** {@link Migrations} created the tables of service tokens. */
  OURS,
  /**
   * Another program created the tables of service tokens. For example, the Backstage plugin uses
   * the same table names.
   */
  FOREIGN;

  /** Name of a column that only the migrations of this program create. */
  private static final String OUR_COLUMN = "list_status";

  /**
   * Returns which program created the tables of service tokens in a database, without changing the
   * database.
   *
   * @throws StoreUnavailableException if the database cannot be reached
   * @throws IllegalStateException if the database reports another error
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
      if (state.startsWith("42") && !DatabaseErrorMessages.isMissingPrivilege(e)) {
        // SQLSTATE class 42 also means a missing privilege.
        return ABSENT;
      }
      throw new IllegalStateException("the database cannot be read: error " + e.getErrorCode(), e);
    }
  }
}
