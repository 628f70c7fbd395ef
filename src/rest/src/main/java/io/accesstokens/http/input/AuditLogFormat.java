package io.accesstokens.http.input;

import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Optional;

/** The file format of an exported audit log. */
public enum AuditLogFormat {
  /** Comma-separated values (RFC 4180). The first line contains the column names. */
  CSV("csv", "text/csv;charset=utf-8;header=present"),
  /** One JSON object on each line. */
  NDJSON("ndjson", "application/x-ndjson");

  private final String text;
  private final String mediaType;

  AuditLogFormat(String text, String mediaType) {
    this.text = text;
    this.mediaType = mediaType;
  }

  public static Optional<AuditLogFormat> of(String text) {
    return Arrays.stream(values()).filter(format -> format.text.equals(text)).findFirst();
  }

  /**
   * Returns the name of the format. Queries contain this name, and file names use the name as an
   * extension.
   */
  public String text() {
    return text;
  }

  public MediaType mediaType() {
    return MediaType.valueOf(mediaType);
  }
}
