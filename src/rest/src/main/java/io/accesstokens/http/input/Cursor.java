package io.accesstokens.http.input;

import io.accesstokens.token.audit.AuditLogPosition;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenOrder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Encodes a position in a list as an opaque text, which clients send back unchanged.
 *
 * <p>The text is base64url without padding. For a list of tokens, the text encodes a version byte,
 * the creation time in microseconds since 1970 (eight bytes) and a UUID (sixteen bytes). If the
 * list has another sort key than the creation time, the name of the key, a colon and its value
 * follow in UTF-8.
 *
 * <p>The text is not signed. A signature is not necessary, because a forged cursor gives access
 * only to entries that the client can also read without a cursor.
 */
public final class Cursor {

  private static final byte BY_CREATION = 1;
  private static final byte BY_KEY = 2;
  private static final byte IN_AUDIT_LOG = 3;
  private static final int LENGTH = 1 + Long.BYTES + 2 * Long.BYTES;
  private static final int AUDIT_LOG_LENGTH = 1 + 2 * Long.BYTES;

  /** Maximum total length of a sort key and its value, in bytes. */
  private static final int MAX_VALUE = 4 * 800;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  /**
   * The exclusive upper bound of valid instants: the year 10000, in microseconds since 1970. A
   * database may not support later instants.
   */
  private static final long END = 253_402_300_800L * MICROS_PER_SECOND;

  private Cursor() {}

  /** Encodes a position in a list of tokens. */
  public static String write(ListPosition position) {
    boolean byCreation = position.key() == TokenOrder.Key.CREATED_AT;
    byte[] value =
        byCreation
            ? new byte[0]
            : (prefix(position.key()) + position.value()).getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH + value.length);
    bytes.put(byCreation ? BY_CREATION : BY_KEY);
    bytes.putLong(micros(position.createdAt()));
    bytes.putLong(position.id().getMostSignificantBits());
    bytes.putLong(position.id().getLeastSignificantBits());
    bytes.put(value);
    return encode(bytes.array());
  }

  /**
   * Encodes a position in the audit log. The cursor contains a version byte, the time in
   * microseconds since 1970, and the number of the event.
   */
  public static String write(AuditLogPosition position) {
    ByteBuffer bytes = ByteBuffer.allocate(AUDIT_LOG_LENGTH);
    bytes.put(IN_AUDIT_LOG);
    bytes.putLong(micros(position.occurredAt()));
    bytes.putLong(position.number());
    return encode(bytes.array());
  }

  /**
   * Decodes a position that {@link #write(AuditLogPosition)} has encoded.
   *
   * @return empty for any other text
   */
  public static Optional<AuditLogPosition> readAuditLogPosition(String text) {
    ByteBuffer bytes = decode(text);
    if (bytes.remaining() != AUDIT_LOG_LENGTH || bytes.get() != IN_AUDIT_LOG) {
      return Optional.empty();
    }
    long number = bytes.getLong(AUDIT_LOG_LENGTH - Long.BYTES);
    return instant(bytes.getLong())
        .map(occurredAt -> new AuditLogPosition(occurredAt, number))
        .filter(position -> write(position).equals(text));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns the decoded bytes of a cursor; no bytes if the text is not Base64. */
  private static ByteBuffer decode(String text) {
    try {
      return ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return ByteBuffer.allocate(0);
    }
  }

  private static String prefix(TokenOrder.Key key) {
    return key.text() + ':';
  }

  /**
   * Returns the microseconds from 1970 to an instant. This method does not use {@code
   * ChronoUnit.MICROS.between}, which overflows in the year 2262.
   */
  private static long micros(Instant instant) {
    return instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / NANOS_PER_MICRO;
  }

  private static Optional<Instant> instant(long micros) {
    return micros < 0 || micros >= END
        ? Optional.empty()
        : Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }

  /**
   * Decodes a position that {@link #write(ListPosition)} has encoded.
   *
   * @param key the sort key of the list
   * @return empty for any other text, and for a list with another sort key
   */
  public static Optional<ListPosition> read(String text, TokenOrder.Key key) {
    ByteBuffer bytes = decode(text);
    boolean byCreation = key == TokenOrder.Key.CREATED_AT;
    int rest = bytes.remaining() - LENGTH;
    boolean fits = byCreation ? rest == 0 : rest > 0 && rest <= MAX_VALUE;
    if (!fits || bytes.get() != (byCreation ? BY_CREATION : BY_KEY)) {
      return Optional.empty();
    }
    Optional<Instant> createdAt = instant(bytes.getLong());
    UUID id = new UUID(bytes.getLong(), bytes.getLong());
    String value = StandardCharsets.UTF_8.decode(bytes).toString();
    String prefix = byCreation ? "" : prefix(key);
    if (!value.startsWith(prefix)) {
      return Optional.empty();
    }
    // The decoders also accept padding, unused bits and malformed UTF-8. The last filter rejects
    // every text that write() does not return.
    return createdAt
        .map(instant -> new ListPosition(key, value.substring(prefix.length()), instant, id))
        .filter(ListPosition::isPossible)
        .filter(position -> write(position).equals(text));
  }
}
