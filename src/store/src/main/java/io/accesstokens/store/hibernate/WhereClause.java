package io.accesstokens.store.hibernate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What follows {@code where} in a native query, with the values of its parameters. */
final class WhereClause {

  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  /** Adds what must hold, too. */
  WhereClause and(String condition, Object... parameters) {
    text.append(text.isEmpty() ? " where " : " and ").append(condition);
    Collections.addAll(values, parameters);
    return this;
  }

  /** That a column has one of these values; at least one. */
  WhereClause in(String column, List<?> anyOf) {
    String marks = String.join(", ", Collections.nCopies(anyOf.size(), "?"));
    return and(
        anyOf.size() == 1 ? column + " = ?" : column + " in (" + marks + ")", anyOf.toArray());
  }

  /** Appends it to a query and its values to the query's. */
  void appendTo(StringBuilder sql, List<Object> parameters) {
    sql.append(text);
    parameters.addAll(values);
  }

  /** A copy that can grow by itself. */
  WhereClause copy() {
    WhereClause copy = new WhereClause();
    copy.text.append(text);
    copy.values.addAll(values);
    return copy;
  }
}
