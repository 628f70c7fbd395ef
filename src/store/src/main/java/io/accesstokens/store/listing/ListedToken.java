package io.accesstokens.store.listing;

import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenOrder;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.hibernate.StatelessSession;
import org.hibernate.query.NativeQuery;

/**
 * A token in the result of a list query.
 *
 * @param id the id of the token
 * @param sortKey the value of {@link SortColumn#expression}, with the type that {@link
 *     SortColumn#type} returns
 * @param matching the number of all tokens that match the query; 0 if they were not counted
 */
record ListedToken(String id, LocalDateTime createdAt, Object sortKey, long matching) {

  /**
   * Reads the result of a query.
   *
   * @param sql selects {@code id}, {@code created_at} and {@code sort_key}
   */
  static List<ListedToken> read(
      StatelessSession session, String sql, List<Object> parameters, TokenOrder.Key key) {
    return query(session, sql, parameters, key).getResultList().stream()
        .map(row -> of(row, 0))
        .toList();
  }

  /**
   * Reads the result of a query that also counts all matching tokens.
   *
   * @param sql selects {@code id}, {@code created_at}, {@code sort_key} and {@code matching}
   */
  static List<ListedToken> readCounted(
      StatelessSession session, String sql, List<Object> parameters, TokenOrder.Key key) {
    return query(session, sql, parameters, key)
        .addScalar("matching", Long.class)
        .getResultList()
        .stream()
        .map(row -> of(row, (Long) row[3]))
        .toList();
  }

  private static NativeQuery<Object[]> query(
      StatelessSession session, String sql, List<Object> parameters, TokenOrder.Key key) {
    return TokenListing.bound(session.createNativeQuery(sql, Object[].class), parameters)
        .addScalar("id", String.class)
        .addScalar("created_at", LocalDateTime.class)
        .addScalar("sort_key", SortColumn.type(key));
  }

  private static ListedToken of(Object[] row, long matching) {
    return new ListedToken((String) row[0], (LocalDateTime) row[1], row[2], matching);
  }

  /** Returns the position of the token in a list with this sort key. */
  ListPosition position(TokenOrder.Key key) {
    String value =
        switch (key) {
          case CREATED_AT -> "";
          case EXPIRES_AT, LAST_USED_AT -> ListPosition.text(instant((LocalDateTime) sortKey));
          case NAME, CREATED_BY, GROUP, STATUS -> sortKey.toString();
        };
    return new ListPosition(key, value, instant(createdAt), UUID.fromString(id));
  }

  private static Instant instant(LocalDateTime column) {
    return column.toInstant(ZoneOffset.UTC);
  }
}
