package io.accesstokens.token;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A place in a list of tokens: that of a token with this value of the list's key, this creation
 * instant and id.
 *
 * @param key what the list is ordered by
 * @param value the key's value as a text that sorts like it: the empty text for {@link
 *     TokenOrder.Key#CREATED_AT}, {@link #text} of other instants, a status's rank
 * @param createdAt as stored
 * @param id breaks ties
 */
public record ListPosition(TokenOrder.Key key, String value, Instant createdAt, UUID id) {

  /** No name, ref or subject is longer. */
  private static final int MAX_TEXT = 800;

  /** A database may have no instants from here on. */
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private static final int DIGITS = 18;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  /** A place in the list by creation. */
  public ListPosition(Instant createdAt, UUID id) {
    this(TokenOrder.Key.CREATED_AT, "", createdAt, id);
  }

  /** The position of a token in the list by creation. */
  public static ListPosition of(ServiceToken token) {
    return new ListPosition(token.createdAt(), token.id());
  }

  /** An instant since 1970 as a {@link #value}: its microseconds in {@value #DIGITS} digits. */
  static String text(Instant instant) {
    // ChronoUnit.MICROS.between counts in nanoseconds, which overflow in 2262.
    long micros =
        Math.max(0, instant.getEpochSecond() * MICROS_PER_SECOND)
            + instant.getNano() / NANOS_PER_MICRO;
    return String.format(Locale.ROOT, "%0" + DIGITS + "d", micros);
  }

  /** The instant that {@link #value} stands for; empty unless it stands for one. */
  public Optional<Instant> instant() {
    if (value.length() != DIGITS || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    return Optional.of(Instant.EPOCH.plus(Long.parseLong(value), ChronoUnit.MICROS))
        .filter(instant -> instant.isBefore(END));
  }

  /** Whether {@link #value} can be one of the key's. */
  public boolean isPossible() {
    return switch (key) {
      case CREATED_AT -> value.isEmpty();
      case EXPIRES_AT, LAST_USED_AT -> instant().isPresent();
      case STATUS ->
          value.length() == 1
              && value.charAt(0) >= '0'
              && value.charAt(0) < '0' + TokenStatus.values().length;
      case NAME, CREATED_BY, GROUP -> Text.complaint(value, MAX_TEXT).isEmpty();
    };
  }
}
