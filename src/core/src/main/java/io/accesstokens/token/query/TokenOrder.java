package io.accesstokens.token.query;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * The order of a list of tokens: by a key, then by {@code createdAt}, then by id. All three have
 * the same direction.
 *
 * @param key the sort key
 * @param descending true if the greatest value comes first
 */
public record TokenOrder(Key key, boolean descending) {

  /** The default order. */
  public static final TokenOrder NEWEST_FIRST = new TokenOrder(Key.CREATED_AT, true);

  private static final String DESCENDING = "-";

  /** Ids are ordered by their text, as in databases. */
  private static final Comparator<ListPosition> ASCENDING =
      Comparator.comparing(ListPosition::value)
          .thenComparing(ListPosition::createdAt)
          .thenComparing(position -> position.id().toString());

  /** The keys by which tokens can be sorted. */
  public enum Key {
    /** The instant of creation. */
    CREATED_AT("createdAt"),
    /** The name. */
    NAME("name"),
    /** The instant of expiry. */
    EXPIRES_AT("expiresAt"),
    /**
     * The last use. A token that was never used sorts before all other tokens in ascending order.
     */
    LAST_USED_AT("lastUsedAt"),
    /** The actor that created the token. */
    CREATED_BY("createdBy"),
    /** The status, by {@link TokenStatus#rank}. */
    STATUS("status"),
    /** The ref of the group. */
    GROUP("groupEntityRef");

    private final String text;

    Key(String text) {
      this.text = text;
    }

    /** Returns the name that queries use, which is that of the token's member. */
    public String text() {
      return text;
    }
  }

  /**
   * Parses an order: the {@link Key#text()} of a key, with a hyphen before it if descending.
   * Returns empty for any other text.
   */
  public static Optional<TokenOrder> of(String text) {
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

  /** Returns a comparator for positions with the key of this order. */
  public Comparator<ListPosition> comparator() {
    return descending ? ASCENDING.reversed() : ASCENDING;
  }
}
