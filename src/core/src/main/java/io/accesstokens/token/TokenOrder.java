package io.accesstokens.token;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * In which order tokens are listed: by a key, ties by {@code createdAt}, then by id, all of them in
 * one direction.
 *
 * @param key by what
 * @param descending whether the greatest comes first
 */
public record TokenOrder(Key key, boolean descending) {

  /** The order when nobody says. */
  public static final TokenOrder NEWEST_FIRST = new TokenOrder(Key.CREATED_AT, true);

  private static final String DESCENDING = "-";

  /** Ids by their text, as databases have it. */
  private static final Comparator<ListPosition> ASCENDING =
      Comparator.comparing(ListPosition::value)
          .thenComparing(ListPosition::createdAt)
          .thenComparing(position -> position.id().toString());

  /** What tokens can be listed by. */
  public enum Key {
    /** When they were made. */
    CREATED_AT("createdAt"),
    /** Their names. */
    NAME("name"),
    /** When their lives end. */
    EXPIRES_AT("expiresAt"),
    /** When they were used last; those that never were come before all others. */
    LAST_USED_AT("lastUsedAt"),
    /** Who made them. */
    CREATED_BY("createdBy"),
    /** By {@link TokenStatus#rank}. */
    STATUS("status"),
    /** Their groups' refs. */
    GROUP("groupEntityRef");

    private final String text;

    Key(String text) {
      this.text = text;
    }

    /** The name used in queries: that of the token's member. */
    public String text() {
      return text;
    }
  }

  /** The order of that text: a key's {@link Key#text()}, with a hyphen before it if descending. */
  public static Optional<TokenOrder> of(String text) {
    boolean descending = text.startsWith(DESCENDING);
    String name = descending ? text.substring(DESCENDING.length()) : text;
    return Arrays.stream(Key.values())
        .filter(key -> key.text().equals(name))
        .findFirst()
        .map(key -> new TokenOrder(key, descending));
  }

  /** The name used in queries. */
  public String text() {
    return descending ? DESCENDING + key.text() : key.text();
  }

  /**
   * The place of a token in this order.
   *
   * @param now the instant at which statuses are decided
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

  /** Compares places of this order's key. */
  public Comparator<ListPosition> comparator() {
    return descending ? ASCENDING.reversed() : ASCENDING;
  }
}
