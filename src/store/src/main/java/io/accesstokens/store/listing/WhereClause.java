package io.accesstokens.store.listing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A {@code where} clause of a native query, with the values of its parameters. */
final class WhereClause {

  /** Maximum length of the columns {@code created_by_key} and {@code actor_key}, in characters. */
  private static final int KEY = 700;

  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

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

  /**
   * Adds the condition that a column has one of the given values.
   *
   * @param anyOf the values, at least one
   */
  WhereClause in(String column, List<?> anyOf) {
    String marks = String.join(", ", Collections.nCopies(anyOf.size(), "?"));
    return and(
        anyOf.size() == 1 ? column + " = ?" : column + " in (" + marks + ")", anyOf.toArray());
  }

  /**
   * Adds the condition that a column has the given value. The condition uses the column with the
   * suffix {@code _key}, because the indexes contain this column. If the key may be truncated, the
   * condition also uses the column itself.
   */
  WhereClause byKey(String column, String value) {
    and(column + "_key = ?", value);
    return value.length() < KEY ? this : and(column + " = ?", value);
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
    return copy;
  }
}
