package io.accesstokens.store.jdbc;

import io.accesstokens.store.entity.InstantConverter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Executes single SQL statements. */
public final class Statements {

  private Statements() {}

  /** Executes a statement without parameters. */
  public static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Executes an insert, update or delete, and returns the number of rows.
   *
   * @param parameters the values of the parameters; an {@link Instant} becomes a column value as in
   *     {@link InstantConverter}
   */
  public static int update(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        Object parameter = parameters[i];
        statement.setObject(
            i + 1, parameter instanceof Instant at ? InstantConverter.column(at) : parameter);
      }
      return statement.executeUpdate();
    }
  }
}
