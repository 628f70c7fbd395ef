package io.accesstokens.http.input;

import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Optional;

/** The file format of an exported audit log. */
public enum AuditLogFormat {
  /** Comma-separated values (RFC 4180). The first line contains the column names. */
  CSV("csv", "csv", "text/csv;charset=utf-8;header=present"),
  /** One JSON object on each line. */
  NDJSON("ndjson", "ndjson", "application/x-ndjson"),
  /** One event in the Open Cybersecurity Schema Framework (OCSF) on each line. */
  OCSF("ocsf", "ocsf.ndjson", "application/x-ndjson");

  private final String text;
  private final String extension;
  private final String mediaType;

  AuditLogFormat(String text, String extension, String mediaType) {
    this.text = text;
    this.extension = extension;
    this.mediaType = mediaType;
  }

  public static Optional<AuditLogFormat> of(String text) {
    return Arrays.stream(values()).filter(format -> format.text.equals(text)).findFirst();
  }

  /** Returns the name by which a query selects this format. */
  public String text() {
    return text;
  }

  /** Returns the extension of file names, without a leading dot. */
  public String extension() {
    return extension;
  }

  public MediaType mediaType() {
    return MediaType.valueOf(mediaType);
  }
}
