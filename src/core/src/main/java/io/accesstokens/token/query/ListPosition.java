package io.accesstokens.token.query;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.Text;
import io.accesstokens.token.TokenStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The position of a token in a sorted list of tokens, or of a notice in a list of notices. The
 * value of the sort key, the creation instant and the id determine the position.
 *
 * @param key the sort key of the list
 * @param value the value of the sort key, as a text. The order of the texts is the order of the
 *     values. For {@link TokenOrder.Key#CREATED_AT}, the text is empty. For other instants, the
 *     text is the result of {@link #text}. For a status, the text is the rank.
 * @param createdAt the creation instant of the token, or the instant of the notice, as stored
 * @param id the id of the token or notice, which orders items with equal values and equal instants
 */
public record ListPosition(TokenOrder.Key key, String value, Instant createdAt, UUID id) {

  /** Maximum length of {@link #value}, in code points. No name, ref or subject is longer. */
  private static final int MAX_TEXT = 800;

  /**
   * The first instant that {@link #instant} does not accept. Some databases cannot store this
   * instant or later instants.
   */
  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private static final int DIGITS = 18;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  /** Creates a position in a list that is ordered by creation. */
  public ListPosition(Instant createdAt, UUID id) {
    this(TokenOrder.Key.CREATED_AT, "", createdAt, id);
  }

  /** Returns the position of a token in a list that is ordered by creation. */
  public static ListPosition of(ServiceToken token) {
    return new ListPosition(token.createdAt(), token.id());
  }

  /**
   * Returns an instant as the text in {@link #value}: the microseconds since 1970, in {@value
   * #DIGITS} digits.
   */
  public static String text(Instant instant) {
    // ChronoUnit.MICROS.between uses a long of nanoseconds, which overflows in the year 2262.
    long micros =
        Math.max(0, instant.getEpochSecond() * MICROS_PER_SECOND)
            + instant.getNano() / NANOS_PER_MICRO;
    return String.format(Locale.ROOT, "%0" + DIGITS + "d", micros);
  }

  /** Returns the instant in {@link #value}; empty if the value is not a valid instant. */
  public Optional<Instant> instant() {
    if (value.length() != DIGITS || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    return Optional.of(Instant.EPOCH.plus(Long.parseLong(value), ChronoUnit.MICROS))
        .filter(instant -> instant.isBefore(END));
  }

  /** Returns true if {@link #value} is a possible value of the sort key. */
  public boolean isPossible() {
    return switch (key) {
      case CREATED_AT -> value.isEmpty();
      case EXPIRES_AT, LAST_USED_AT -> instant().isPresent();
      case STATUS ->
          value.length() == 1
              && value.charAt(0) >= '0'
              && value.charAt(0) < '0' + TokenStatus.values().length;
      case NAME, CREATED_BY, GROUP -> Text.errorMessage(value, MAX_TEXT).isEmpty();
    };
  }
}
