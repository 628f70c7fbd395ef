package io.accesstokens.backstage;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses instants in the formats of the plugin's databases. */
final class SourceInstants {

  private static final Pattern FRACTION = Pattern.compile("\\..*+");

  private static final Pattern MILLIS = Pattern.compile("\\d{1,15}(\\.\\d+)?");

  /**
   * The ISO 8601 format of a date and a time, separated by a space or a T. The offset is optional
   * and may have hours, minutes and seconds.
   */
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXXXX][XXX][XX][X]")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  /**
   * The first valid instant. Earlier instants result from errors. For example, a number of seconds
   * that is read as milliseconds is an instant in 1970.
   */
  private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

  private SourceInstants() {}

  /**
   * Parses an instant and truncates it to milliseconds. A date and time without an offset is read
   * as UTC.
   *
   * @return the instant; empty if the text is not an instant, or if the instant is before
   *     2000-01-01 or after 9999-12-30 (UTC)
   */
  static Optional<Instant> read(String text) {
    try {
      Instant instant =
          MILLIS.matcher(text).matches()
              ? Instant.ofEpochMilli(Long.parseLong(FRACTION.matcher(text).replaceFirst("")))
              : dateTime(text);
      return Optional.of(instant.truncatedTo(ChronoUnit.MILLIS))
          .filter(i -> !i.isBefore(FIRST) && i.isBefore(LAST));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Instant dateTime(String text) {
    TemporalAccessor read =
        DATE_TIME.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from);
    return read instanceof OffsetDateTime offset
        ? offset.toInstant()
        : ((LocalDateTime) read).toInstant(ZoneOffset.UTC);
  }
}
