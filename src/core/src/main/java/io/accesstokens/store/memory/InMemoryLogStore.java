package io.accesstokens.store.memory;

import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TileReader;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.LogAppend;
import io.accesstokens.transparency.LogBacklog;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.PendingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** Stores the transparency log of an in-memory store. Thread-safe. */
final class InMemoryLogStore implements LogStore {

  private record Place(int level, long index) {}

  private final InMemoryTokens<?> service;
  private final InMemoryTokens<?> personal;
  private final InMemorySigningKeyStore keys = new InMemorySigningKeyStore();

  // The lock of this object guards the following fields.
  private final List<String> entries = new ArrayList<>();
  private final Map<String, Long> indexes = new HashMap<>();
  private final Map<Place, byte[]> tiles = new HashMap<>();
  private LogState state = LogState.NEW;

  InMemoryLogStore(InMemoryTokens<?> service, InMemoryTokens<?> personal) {
    this.service = service;
    this.personal = personal;
  }

  @Override
  public synchronized LogState state() {
    return state;
  }

  @Override
  public synchronized String setOriginIfAbsent(String origin) {
    String known = state.origin();
    if (known != null) {
      return known;
    }
    state = new LogState(origin, state.size(), state.checkpoint());
    return origin;
  }

  @Override
  public boolean hasPendingEvents() {
    return !pending(1).isEmpty();
  }

  @Override
  public LogBacklog backlog(int limit) {
    List<PendingEvent> pending = pending(limit);
    return new LogBacklog(
        pending.size(),
        pending.stream().map(PendingEvent::occurredAt).min(Instant::compareTo).orElse(null));
  }

  private List<PendingEvent> pending(int limit) {
    List<PendingEvent> pending = new ArrayList<>();
    add(LogEntry.SERVICE, service, limit, pending);
    add(LogEntry.PERSONAL, personal, limit - pending.size(), pending);
    return pending;
  }

  private static void add(
      String kind, InMemoryTokens<?> tokens, int limit, List<PendingEvent> pending) {
    for (AuditEvent event : tokens.pendingEvents(limit)) {
      pending.add(
          PendingEvent.of(kind, event, tokens.ownerOrNull(event.tokenId()), pending.size()));
    }
  }

  @Override
  public synchronized int append(int limit, Appender appender) {
    List<PendingEvent> pending = pending(limit);
    if (pending.isEmpty()) {
      return 0;
    }
    LogAppend append = appender.append(state, pending, tiles());
    for (PendingEvent event : append.events()) {
      long index = indexes.size();
      indexes.put(event.id(), index);
      (event.kind().equals(LogEntry.SERVICE) ? service : personal)
          .setLogIndex(UUID.fromString(event.id()), index, event.metadata());
    }
    entries.addAll(append.entries());
    append.tiles().forEach((tile, hashes) -> tiles.put(place(tile), hashes));
    state = new LogState(state.origin(), entries.size(), append.checkpoint());
    return pending.size();
  }

  private static Place place(Tile tile) {
    return new Place(tile.level(), tile.index());
  }

  @Override
  public synchronized boolean replaceCheckpoint(LogState before, String checkpoint) {
    boolean same = state.equals(before);
    if (same) {
      state = new LogState(state.origin(), state.size(), checkpoint);
    }
    return same;
  }

  @Override
  public TileReader tiles() {
    return this::tile;
  }

  private synchronized byte[] tile(Tile tile) {
    byte[] hashes = tiles.get(place(tile));
    if (hashes == null) {
      throw new LogFormatException("the tile " + tile.path() + " is missing");
    }
    return hashes.clone();
  }

  @Override
  public synchronized List<String> entries(long first, int count) {
    long end = Math.min(entries.size(), first + count);
    return first >= end ? List.of() : List.copyOf(entries.subList((int) first, (int) end));
  }

  @Override
  public synchronized OptionalLong indexOf(UUID eventId) {
    Long index = indexes.get(eventId.toString());
    return index == null ? OptionalLong.empty() : OptionalLong.of(index);
  }

  @Override
  public SigningKeyStore keys() {
    return keys;
  }

  @Override
  public boolean reseal(SealedKey before, SealedKey after) {
    return false; // the key of the operator cannot change during the life of this object
  }
}
