package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenOrder;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/**
 * The order of a list of tokens: by an expression on the table {@code t}, then by {@code
 * created_at}, then by {@code id}.
 *
 * @param expression the SQL expression for sorting; an empty text if {@code created_at} comes first
 * @param parameters the parameter values of the expression
 * @param index the name of the index with this order, without the table name as its prefix; empty
 *     if the expression depends on the time of the query
 */
record SortColumn(String expression, List<Object> parameters, Optional<String> index) {

  private static final String RANK =
      "case when t.revoked_at is not null then 3 when t.expires_at <= ? then 2"
          + " when t.expires_at < ? then 1 else 0 end";

  /**
   * Returns the sort column for a sort key.
   *
   * @param now the instant at which statuses are computed
   */
  static SortColumn of(TokenOrder.Key key, Instant now) {
    return switch (key) {
      case CREATED_AT -> new SortColumn("", List.of(), Optional.of("newest"));
      case NAME -> indexed("t.name", "by_name");
      case EXPIRES_AT -> indexed("t.expires_at", "expiry");
      case LAST_USED_AT -> indexed("t.last_used_order", "last_used");
      case CREATED_BY -> indexed("t.created_by_key", "creator");
      case GROUP -> indexed("t.group_entity_ref", "group");
      case STATUS ->
          new SortColumn(
              RANK,
              List.of(
                  InstantConverter.column(now),
                  InstantConverter.column(now.plus(ServiceToken.EXPIRING_WINDOW))),
              Optional.empty());
    };
  }

  private static SortColumn indexed(String column, String index) {
    return new SortColumn(column, List.of(), Optional.of(index));
  }

  /** Returns the type of the values of {@link #expression} in Java. */
  static Class<?> type(TokenOrder.Key key) {
    return switch (key) {
      case CREATED_AT, STATUS -> Integer.class;
      case EXPIRES_AT, LAST_USED_AT -> LocalDateTime.class;
      case NAME, CREATED_BY, GROUP -> String.class;
    };
  }

  /**
   * Converts the sort value of a list position to the type of the database column.
   *
   * @throws IllegalArgumentException if the list is sorted by the time of creation only
   */
  static Object value(ListPosition position) {
    return switch (position.key()) {
      case CREATED_AT ->
          throw new IllegalArgumentException("a list by creation time has no separate sort value");
      case EXPIRES_AT, LAST_USED_AT -> InstantConverter.column(position.instant().orElseThrow());
      case STATUS -> Integer.valueOf(position.value());
      case NAME, CREATED_BY, GROUP -> position.value();
    };
  }

  /**
   * Adds the condition that a row comes after a position. The condition does not use a row
   * comparison {@code (a, b, c) < (?, ?, ?)}, because MariaDB would then read the index from its
   * start.
   *
   * @param key the SQL expression of the sort key; an empty text if there is no sort key
   * @param createdAt the name of the column that contains the time of creation
   * @param id the name of the column that contains the id
   */
  static void addAfter(
      WhereClause condition,
      ListPosition position,
      boolean descending,
      String key,
      String createdAt,
      String id) {
    String beyond = descending ? " < ?" : " > ?";
    String from = descending ? " <= ?" : " >= ?";
    LocalDateTime created = InstantConverter.column(position.createdAt());
    String text = position.id().toString();
    String tie = "(" + createdAt + beyond + " or " + createdAt + " = ? and " + id + beyond + ")";
    if (key.isEmpty()) {
      condition.and(createdAt + from, created).and(tie, created, created, text);
    } else {
      Object value = value(position);
      condition
          .and(key + from, value)
          .and(
              "(" + key + beyond + " or " + key + " = ? and " + tie + ")",
              value,
              value,
              created,
              created,
              text);
    }
  }
}
