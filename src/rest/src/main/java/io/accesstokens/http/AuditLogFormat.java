package io.accesstokens.http;

import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Optional;

/** What a whole audit trail is written as. */
enum AuditLogFormat {
  /** Comma-separated values (RFC 4180), a line of names first. */
  CSV("csv", "text/csv;charset=utf-8;header=present"),
  /** A JSON object a line. */
  NDJSON("ndjson", "application/x-ndjson");

  private final String text;
  private final String mediaType;

  AuditLogFormat(String text, String mediaType) {
    this.text = text;
    this.mediaType = mediaType;
  }

  static Optional<AuditLogFormat> of(String text) {
    return Arrays.stream(values()).filter(format -> format.text.equals(text)).findFirst();
  }

  /** Its name in queries, which is also how names of such files end. */
  String text() {
    return text;
  }

  MediaType mediaType() {
    return MediaType.valueOf(mediaType);
  }
}
