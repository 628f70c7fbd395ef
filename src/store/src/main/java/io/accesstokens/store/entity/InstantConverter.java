package io.accesstokens.store.entity;

import jakarta.persistence.AttributeConverter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Converts between an {@code Instant} and a column with a date and time in UTC. The time zones of
 * the JVM and of the database have no effect.
 */
public final class InstantConverter
    implements AttributeConverter<@Nullable Instant, @Nullable LocalDateTime> {

  /** Returns the column value for an instant: a date and time in UTC, truncated to microseconds. */
  public static LocalDateTime column(Instant instant) {
    return LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
  }

  @Override
  public @Nullable LocalDateTime convertToDatabaseColumn(@Nullable Instant instant) {
    return instant == null ? null : column(instant);
  }

  @Override
  public @Nullable Instant convertToEntityAttribute(@Nullable LocalDateTime column) {
    return column == null ? null : column.toInstant(ZoneOffset.UTC);
  }
}
