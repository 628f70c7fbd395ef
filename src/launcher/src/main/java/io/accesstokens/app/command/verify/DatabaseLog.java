package io.accesstokens.app.command.verify;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.StartupException;
import io.accesstokens.log.EntryBundle;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.Tile;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.delivery.Cosignatures;
import io.accesstokens.transparency.delivery.TargetState;
import io.accesstokens.transparency.delivery.TargetStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The transparency log in a database, and the rows of the audit logs. */
final class DatabaseLog implements LogFiles {

  private final HibernateTokenStore store;
  private final Runnable closing;
  private final JdbcLogStore log;

  /**
   * Creates an instance that reads the log from a store.
   *
   * @param store the store, which is closed with the log
   * @param closing is called after the store is closed
   */
  DatabaseLog(HibernateTokenStore store, Runnable closing) {
    this.store = store;
    this.closing = closing;
    this.log = store.log();
  }

  /**
   * Opens the log.
   *
   * @param database the database, which is closed with the log
   * @throws StartupException if migrations are pending; the database is then closed
   */
  static DatabaseLog of(ConfiguredDatabase database) {
    if (!database.pendingMigrations().isEmpty()) {
      database.close();
      throw new StartupException("the schema is not up to date: run migrate first");
    }
    return new DatabaseLog(new HibernateTokenStore(database.dataSource()), database::close);
  }

  /** Returns the store of tokens and events. */
  HibernateTokenStore store() {
    return store;
  }

  @Override
  public byte[] checkpoint() {
    String note = log.state().checkpoint();
    if (note == null) {
      throw new LogFormatException("the database has no checkpoint yet: start the server first");
    }
    return note.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<byte[]> cosignedCheckpoints(List<VerifierKey> witnesses) {
    Map<String, TargetState> states = log.targets().map(TargetStore::states).orElse(Map.of());
    Cosignatures cosignatures = new Cosignatures(witnesses);
    return witnesses.stream()
        .flatMap(witness -> cosignatures.latest(witness.toString(), states).stream())
        .map(note -> note.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public List<String> keys() {
    LogState state = log.state();
    String origin = state.origin();
    if (origin == null) {
      throw new LogFormatException("the database has no log: start the server first");
    }
    try {
      return log.keys().all().stream()
          .map(
              row ->
                  VerifierKey.of(
                          origin, VerifierKey.Type.ED25519, KeySeal.publicKey(row, "Ed25519"))
                      .toString())
          .toList();
    } catch (UnreadableKeyException e) {
      throw new LogFormatException("access_token_log_keys was changed: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] read(Tile tile) {
    return tile.hasEntries() ? entries(tile) : log.tiles().read(tile);
  }

  private byte[] entries(Tile tile) {
    long first = tile.index() * Tile.FULL_WIDTH;
    List<String> entries = log.entries(first, tile.width());
    Set<Long> stored =
        entries.size() == tile.width()
            ? Set.of()
            : log.eventIds(first, first + tile.width()).keySet();
    if (entries.isEmpty()) {
      throw new LogFormatException(
          "access_token_log_entries has no rows for the entries from "
              + first
              + " to "
              + (first + tile.width() - 1));
    }
    List<byte[]> bundle = new ArrayList<>();
    int next = 0;
    for (long index = first; index < first + tile.width(); index++) {
      boolean isStored = entries.size() == tile.width() || stored.contains(index);
      bundle.add(
          isStored && next < entries.size()
              ? entries.get(next++).getBytes(StandardCharsets.UTF_8)
              : restored(index));
    }
    return EntryBundle.encode(bundle);
  }

  /**
   * Rebuilds a deleted entry from its row in an audit log.
   *
   * @return the entry; empty if no row has the hash that is in the tile. {@link LogVerifier}
   *     reports an empty entry
   */
  private byte[] restored(long index) {
    try {
      byte[] hashes = log.tiles().read(Tile.of(0, index / Tile.FULL_WIDTH, index + 1));
      int position = (int) (index % Tile.FULL_WIDTH);
      if (hashes.length < (position + 1) * MerkleHash.BYTES) {
        return new byte[0];
      }
      MerkleHash hash = MerkleHash.at(hashes, position);
      return log.rows(index, index + 1).stream()
          .map(row -> row.event().entry(index).bytes())
          .filter(entry -> MerkleHash.ofLeaf(entry).equals(hash))
          .findFirst()
          .orElseGet(() -> new byte[0]);
    } catch (LogFormatException e) {
      return new byte[0]; // the tile is reported when it is compared
    }
  }

  @Override
  public EntryCheck rowCheck(LogVerifier verifier) {
    return new RowCheck(
        log,
        verifier::report,
        verifier::remark,
        proof -> verifier.isInCurrentLog(proof, log.tiles()));
  }

  @Override
  public void close() {
    store.close();
    closing.run();
  }
}
