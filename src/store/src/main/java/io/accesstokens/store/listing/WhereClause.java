package io.accesstokens.store.listing;

import io.accesstokens.store.jdbc.DatabaseKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A {@code where} clause of a native query, with the values of its parameters. */
final class WhereClause {

  /** Maximum length of the columns {@code created_by_key} and {@code actor_key}, in characters. */
  private static final int KEY = 700;

  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();
  private final Set<String> constants = new HashSet<>();

  /**
   * Adds a condition. The clause selects the rows that meet all conditions.
   *
   * @param parameters the parameter values of the condition
   */
  WhereClause and(String condition, Object... parameters) {
    text.append(text.isEmpty() ? " where " : " and ").append(condition);
    Collections.addAll(values, parameters);
    return this;
  }

  /** Adds the condition that a column has the given value. */
  WhereClause equal(String column, Object value) {
    constants.add(column);
    return and(column + " = ?", value);
  }

  /**
   * Adds the condition that a column has the value of an SQL expression.
   *
   * @param expression an expression with the same value for all rows, without parameters
   */
  WhereClause same(String column, String expression) {
    constants.add(column);
    return and(column + " = " + expression);
  }

  /**
   * Adds the condition that a column has one of the given values.
   *
   * @param anyOf the values, at least one
   */
  WhereClause in(String column, List<?> anyOf) {
    if (anyOf.size() == 1) {
      return equal(column, anyOf.get(0));
    }
    String marks = String.join(", ", Collections.nCopies(anyOf.size(), "?"));
    return and(column + " in (" + marks + ")", anyOf.toArray());
  }

  /**
   * Adds the condition that a column has the given value. The condition uses the column with the
   * suffix {@code _key}, because the indexes contain this column. If the key may be truncated, the
   * condition also uses the column itself.
   */
  WhereClause byKey(String column, String value) {
    equal(column + "_key", value);
    return value.length() < KEY ? this : equal(column, value);
  }

  /**
   * Returns the columns with which a sort must begin to make H2 read the rows of this clause in the
   * order of an index. H2 uses an index for a sort only if the sort names all columns of the index,
   * beginning with the first one. The returned columns do not change the order, because each has
   * the same value in all rows.
   *
   * @param leading the first columns of the index, without those of the sort
   * @return the given columns; empty if the database is not H2, or if a column can have different
   *     values
   */
  List<String> sortPrefix(List<String> leading, DatabaseKind databaseKind) {
    return databaseKind == DatabaseKind.H2 && constants.containsAll(leading) ? leading : List.of();
  }

  /** Appends this clause to a query, and appends its values to the parameters of the query. */
  void appendTo(StringBuilder sql, List<Object> parameters) {
    sql.append(text);
    parameters.addAll(values);
  }

  /** Returns an independent copy of this clause. */
  WhereClause copy() {
    WhereClause copy = new WhereClause();
    copy.text.append(text);
    copy.values.addAll(values);
    copy.constants.addAll(constants);
    return copy;
  }
}
