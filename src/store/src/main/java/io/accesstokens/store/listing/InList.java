package io.accesstokens.store.listing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.hibernate.query.CommonQueryContract;

/**
 * The values of an SQL list, for a condition such as {@code id in (?, ?)}. The number of values is
 * rounded up to a power of two, so that the database prepares only a few different statements. The
 * last value is repeated.
 *
 * @param values the values, at least one
 */
public record InList<V>(List<V> values) {

  public InList {
    values = List.copyOf(values);
  }

  /** Returns the list of the given values, which must not be empty. */
  public static <V> InList<V> of(Collection<V> values) {
    List<V> padded = new ArrayList<>(values);
    int size = Integer.highestOneBit(2 * padded.size() - 1);
    padded.addAll(Collections.nCopies(size - padded.size(), padded.get(padded.size() - 1)));
    return new InList<>(padded);
  }

  /** Sets the values as the first parameters of a query, and returns the query. */
  public <Q extends CommonQueryContract> Q bind(Q query) {
    for (int i = 0; i < values.size(); i++) {
      query.setParameter(i + 1, values.get(i));
    }
    return query;
  }

  /** Returns the SQL list with one parameter mark for each value, in parentheses. */
  public String marks() {
    return '(' + String.join(", ", Collections.nCopies(values.size(), "?")) + ')';
  }
}
