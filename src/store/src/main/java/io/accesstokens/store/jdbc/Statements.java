package io.accesstokens.store.jdbc;

import io.accesstokens.store.entity.InstantConverter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Executes single SQL statements. */
public final class Statements {

  private Statements() {}

  /** Reads a value from the current row of a result. */
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Processes the current row of a result. */
  @FunctionalInterface
  public interface RowAction {
    void accept(ResultSet row) throws SQLException;
  }

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
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  /**
   * Executes an insert, update or delete for each row of parameters, in one batch.
   *
   * @param rows the values of the parameters, as in {@link #update}; without rows, no statement is
   *     executed
   * @return the numbers of changed rows, in the order of {@code rows}; a number is negative if the
   *     driver does not know it
   */
  public static int[] batch(Connection connection, String sql, List<@Nullable Object[]> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (@Nullable Object[] row : rows) {
        bind(statement, row);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  /**
   * Executes a query, and calls an action for each row.
   *
   * @param parameters the values of the parameters, as in {@link #update}
   */
  public static void forEach(
      Connection connection, String sql, RowAction action, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          action.accept(row);
        }
      }
    }
  }

  /**
   * Executes a query, and returns the values that {@code reader} reads from the rows.
   *
   * @param parameters the values of the parameters, as in {@link #update}
   */
  public static <T> List<T> query(
      Connection connection, String sql, RowReader<T> reader, @Nullable Object... parameters)
      throws SQLException {
    List<T> values = new ArrayList<>();
    forEach(connection, sql, row -> values.add(reader.read(row)), parameters);
    return values;
  }

  /**
   * Executes a query, and returns the value that {@code reader} reads from the first row. Returns
   * empty if there is no row, or if this value is null.
   *
   * @param parameters the values of the parameters, as in {@link #update}
   */
  public static <T> Optional<T> first(
      Connection connection, String sql, RowReader<T> reader, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.ofNullable(reader.read(row)) : Optional.empty();
      }
    }
  }

  private static void bind(PreparedStatement statement, @Nullable Object... parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      Object parameter = parameters[i];
      statement.setObject(
          i + 1, parameter instanceof Instant at ? InstantConverter.column(at) : parameter);
    }
  }
}
