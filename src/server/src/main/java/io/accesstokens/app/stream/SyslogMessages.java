package io.accesstokens.app.stream;

import io.accesstokens.log.LogEntry;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.stream.StreamBatch;
import io.accesstokens.transparency.stream.StreamFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Writes events as syslog messages (RFC 5424) in frames with octet counting (RFC 5425). */
final class SyslogMessages {

  /**
   * The facility "log audit" (RFC 5424, section 6.2.1), multiplied by 8 as the field PRI requires.
   */
  private static final int LOG_AUDIT = 13 * 8;

  private static final int WARNING = 4;
  private static final int INFORMATIONAL = 6;

  /** Matches the texts that are allowed in HOSTNAME (RFC 5424, section 6). */
  private static final Pattern HOST_NAME = Pattern.compile("[!-~]{1,255}");

  /** Matches the texts that are allowed in MSGID (RFC 5424, section 6). */
  private static final Pattern MESSAGE_ID = Pattern.compile("[!-~]{1,32}");

  private static final String NIL = "-";

  private SyslogMessages() {}

  static byte[] frames(StreamBatch batch, StreamFormat format) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (StreamBatch.Item item : batch.entries()) {
      byte[] message = message(batch.origin(), item, format).getBytes(StandardCharsets.UTF_8);
      frames.writeBytes((message.length + " ").getBytes(StandardCharsets.US_ASCII));
      frames.writeBytes(message);
    }
    return frames.toByteArray();
  }

  /**
   * Returns the message for an event. The JSON text has no byte order mark, because JSON parsers
   * reject the mark. RFC 5424, section 6, allows a message without the mark (MSG-ANY).
   */
  private static String message(String origin, StreamBatch.Item item, StreamFormat format) {
    LogEntry entry = item.entry();
    boolean warning = entry.event().equals(AuditEvent.Type.ENDED_SECRET_USED.text());
    return "<"
        + (LOG_AUDIT + (warning ? WARNING : INFORMATIONAL))
        + ">1 "
        + entry.occurredAt()
        + ' '
        + (HOST_NAME.matcher(origin).matches() ? origin : NIL)
        + " access-tokens "
        + NIL // PROCID
        + ' '
        + (MESSAGE_ID.matcher(entry.event()).matches() ? entry.event() : NIL)
        + ' '
        + NIL // STRUCTURED-DATA
        + ' '
        + format.text(item);
  }
}
