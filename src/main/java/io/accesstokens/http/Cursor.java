package io.accesstokens.http;

import io.accesstokens.token.ListPosition;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * A place in the list of tokens as a text that clients hand back unread: base64url without padding
 * of a version byte, microseconds since 1970 (eight bytes) and a UUID (sixteen).
 *
 * <p>It is not signed: whoever makes one up sees no more than any offset would show them.
 */
final class Cursor {

  private static final byte VERSION = 1;
  private static final int LENGTH = 1 + Long.BYTES + 2 * Long.BYTES;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  /** 10000-01-01, beyond which a database may have no instants. */
  private static final long END = 253_402_300_800L * MICROS_PER_SECOND;

  private Cursor() {}

  /** Writes a position. */
  static String write(ListPosition position) {
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
    bytes.put(VERSION);
    bytes.putLong(micros(position.createdAt()));
    bytes.putLong(position.id().getMostSignificantBits());
    bytes.putLong(position.id().getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /** {@code ChronoUnit.MICROS.between} counts in nanoseconds, which overflow in 2262. */
  private static long micros(Instant instant) {
    return instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / NANOS_PER_MICRO;
  }

  /** Reads what {@link #write} wrote; empty for anything else. */
  static Optional<ListPosition> read(String text) {
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (bytes.remaining() != LENGTH || bytes.get() != VERSION) {
      return Optional.empty();
    }
    long micros = bytes.getLong();
    if (micros < 0 || micros >= END) {
      return Optional.empty();
    }
    ListPosition position =
        new ListPosition(
            Instant.EPOCH.plus(micros, ChronoUnit.MICROS),
            new UUID(bytes.getLong(), bytes.getLong()));
    // Padding and stray bits decode, too; one position has one text.
    return write(position).equals(text) ? Optional.of(position) : Optional.empty();
  }
}
