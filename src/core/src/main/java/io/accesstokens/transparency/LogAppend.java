package io.accesstokens.transparency;

import io.accesstokens.log.Tile;
import java.util.List;
import java.util.Map;

/**
 * The rows that an append writes.
 *
 * @param events the events, in the order of their indexes; the first index is the old size
 * @param entries the entries of the events, as canonical JSON
 * @param tiles the changed tiles of hashes; each tile replaces the stored, narrower tile with the
 *     same level and index
 * @param checkpoint the checkpoint over all entries, as a signed note
 */
public record LogAppend(
    List<PendingEvent> events, List<String> entries, Map<Tile, byte[]> tiles, String checkpoint) {

  public LogAppend {
    events = List.copyOf(events);
    entries = List.copyOf(entries);
    tiles = Map.copyOf(tiles);
  }
}
