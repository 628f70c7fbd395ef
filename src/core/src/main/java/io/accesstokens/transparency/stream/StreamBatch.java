package io.accesstokens.transparency.stream;

import io.accesstokens.log.LogEntry;
import java.util.List;

/**
 * Consecutive entries of a log.
 *
 * @param origin the name of the log
 * @param entries the entries in the order of their indexes; at least one
 */
public record StreamBatch(String origin, List<Item> entries) {

  public StreamBatch {
    entries = List.copyOf(entries);
  }

  /**
   * An entry.
   *
   * @param entry the parsed entry
   * @param text the entry as it is stored, which is canonical JSON
   */
  public record Item(LogEntry entry, String text) {}

  /** Returns the index of the first entry. */
  public long first() {
    return entries.get(0).entry().logIndex();
  }

  /** Returns the index of the last entry. */
  public long last() {
    return entries.get(entries.size() - 1).entry().logIndex();
  }
}
