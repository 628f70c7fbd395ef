package io.accesstokens.token.query;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * The order of a list of tokens: by a sort key, then by {@code createdAt}, then by id. All three
 * are sorted in the same direction.
 *
 * @param key the sort key
 * @param descending true if the greatest value comes first
 */
public record TokenOrder(Key key, boolean descending) {

  /** The default order: newest token first. */
  public static final TokenOrder NEWEST_FIRST = new TokenOrder(Key.CREATED_AT, true);

  private static final String DESCENDING = "-";

  /** Compares positions in ascending order. Ids are compared by their text, as in the databases. */
  private static final Comparator<ListPosition> ASCENDING =
      Comparator.comparing(ListPosition::value)
          .thenComparing(ListPosition::createdAt)
          .thenComparing(position -> position.id().toString());

  /** The sort keys of tokens. */
  public enum Key {
    /** Sorts by the instant of creation. */
    CREATED_AT("createdAt"),
    /** Sorts by the name of the token. */
    NAME("name"),
    /** Sorts by the instant of expiry. */
    EXPIRES_AT("expiresAt"),
    /**
     * Sorts by the instant of the last use. A token that was never used sorts before all other
     * tokens in ascending order.
     */
    LAST_USED_AT("lastUsedAt"),
    /** Sorts by the name of the actor that created the token. */
    CREATED_BY("createdBy"),
    /** Sorts by the status, in the order of {@link TokenStatus#rank}. */
    STATUS("status"),
    /** Sorts by the ref of the group that owns the token. */
    GROUP("groupEntityRef");

    private final String text;

    Key(String text) {
      this.text = text;
    }

    /**
     * Returns the name of the sort key in queries. The member of a token in JSON has the same name.
     */
    public String text() {
      return text;
    }
  }

  /**
   * Parses an order. The text consists of the {@link Key#text()} of a sort key. A hyphen before
   * this text means descending order. Returns empty for any other text.
   */
  public static Optional<TokenOrder> parse(String text) {
    boolean descending = text.startsWith(DESCENDING);
    String name = descending ? text.substring(DESCENDING.length()) : text;
    return Arrays.stream(Key.values())
        .filter(key -> key.text().equals(name))
        .findFirst()
        .map(key -> new TokenOrder(key, descending));
  }

  /**
   * Returns the position of a token in this order.
   *
   * @param now the instant for which statuses are computed
   */
  public ListPosition positionOf(ServiceToken token, Instant now) {
    String value =
        switch (key) {
          case CREATED_AT -> "";
          case NAME -> token.name();
          case EXPIRES_AT -> ListPosition.text(token.expiresAt());
          case LAST_USED_AT ->
              ListPosition.text(token.lastUsedAt() == null ? Instant.EPOCH : token.lastUsedAt());
          case CREATED_BY -> token.createdBy();
          case STATUS -> String.valueOf(token.statusAt(now).rank());
          case GROUP -> token.group().toString();
        };
    return new ListPosition(key, value, token.createdAt(), token.id());
  }

  /**
   * Returns a comparator that sorts positions in this order. The positions must have the sort key
   * of this order.
   */
  public Comparator<ListPosition> comparator() {
    return descending ? ASCENDING.reversed() : ASCENDING;
  }
}
