package io.accesstokens.transparency.stream;

import io.accesstokens.transparency.ocsf.OcsfEvents;

/** The format of the entries that a target receives. */
public enum StreamFormat {
  /** Events of the Open Cybersecurity Schema Framework. */
  OCSF,
  /** The entries of the log, unchanged. */
  JSON;

  /**
   * Returns an entry as a JSON object without line breaks.
   *
   * @throws IllegalArgumentException if the format is {@link #OCSF}, and the time of the entry is
   *     malformed
   */
  public String text(StreamBatch.Item item) {
    return switch (this) {
      case OCSF -> OcsfEvents.of(item.entry()).toString();
      case JSON -> item.text();
    };
  }
}
