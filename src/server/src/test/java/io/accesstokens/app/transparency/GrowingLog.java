package io.accesstokens.app.transparency;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TileReader;
import io.accesstokens.log.TreeBuilder;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.delivery.TargetState;
import io.accesstokens.transparency.delivery.TargetStore;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A log in memory whose entries are short texts, with a store of targets. */
public final class GrowingLog implements TargetStore {

  public static final String ORIGIN = "example.com/log";

  private final KeyPair pair;
  private final VerifierKey key;
  private final Map<String, byte[]> tiles = new HashMap<>();
  private final Map<String, TargetState> states = new HashMap<>();
  private TreeBuilder builder = TreeBuilder.empty(this::put);
  private LogState state = LogState.NEW;
  private boolean available = true;

  public GrowingLog() {
    try {
      pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    key = VerifierKey.of(ORIGIN, VerifierKey.Type.ED25519, pair.getPublic());
  }

  public VerifierKey key() {
    return key;
  }

  /** Returns the key of this log as a row of a store. */
  public SealedKey sealedKey(KeySeal seal) {
    String encoded = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    SealedKey row = new SealedKey(key.id(), 1, encoded, "", Instant.EPOCH, Instant.EPOCH);
    return seal.sealPrivateKey(row, pair.getPrivate(), new SecureRandom());
  }

  private void put(Tile tile, byte[] hashes) {
    tiles.put(tile.level() + "/" + tile.index(), hashes);
  }

  /** Starts again with no entries, and keeps the states of the targets. */
  public synchronized void restore() {
    tiles.clear();
    builder = TreeBuilder.empty(this::put);
  }

  /** Adds entries, and signs a checkpoint. */
  public Checkpoint grow(int count, String text) {
    return grow(count, text, key, pair);
  }

  /** Adds entries, and signs a checkpoint with a key that is not a key of this log. */
  public Checkpoint grow(int count, String text, KeyPair other) {
    return grow(
        count, text, VerifierKey.of(ORIGIN, VerifierKey.Type.ED25519, other.getPublic()), other);
  }

  private synchronized Checkpoint grow(
      int count, String text, VerifierKey signer, KeyPair signing) {
    for (int i = 0; i < count; i++) {
      builder.add(MerkleHash.ofLeaf((text + builder.size()).getBytes(StandardCharsets.UTF_8)));
    }
    builder.partialTiles().forEach(this::put);
    Checkpoint checkpoint = new Checkpoint(ORIGIN, builder.size(), builder.root());
    SignedNote note =
        new SignedNote(
            checkpoint.text(),
            List.of(SignedNote.sign(checkpoint.text(), signer, signing.getPrivate())));
    state = new LogState(ORIGIN, checkpoint.size(), note.toString());
    return checkpoint;
  }

  public synchronized LogState state() {
    if (!available) {
      throw new StoreUnavailableException("the store is unreachable", null);
    }
    return state;
  }

  /** Begins or ends an outage of the store. */
  public synchronized void setAvailable(boolean available) {
    this.available = available;
  }

  private synchronized byte[] tile(Tile tile) {
    return Objects.requireNonNull(tiles.get(tile.level() + "/" + tile.index()), tile::path);
  }

  /** Returns the store, which has only the methods that readers need. */
  public LogStore store() {
    return TestDouble.of(
        LogStore.class,
        call ->
            switch (call.name()) {
              case "state", "boundedState" -> state();
              case "tiles", "boundedTiles" -> (TileReader) this::tile;
              case "targets" -> Optional.of(this);
              default -> throw new UnsupportedOperationException(call.name());
            });
  }

  @Override
  public synchronized Map<String, TargetState> states() {
    return Map.copyOf(states);
  }

  /** Forgets what the targets have received. */
  public synchronized void forgetTargets() {
    states.clear();
  }

  @Override
  public synchronized boolean claim(String target, Instant now, Instant until) {
    TargetState known = states.getOrDefault(target, TargetState.initial(target));
    if (!known.isDue(now)) {
      return false;
    }
    states.put(
        target,
        new TargetState(
            target,
            known.size(),
            known.note(),
            known.problem(),
            known.forked(),
            known.failures(),
            until));
    return true;
  }

  @Override
  public synchronized void save(TargetState saved) {
    states.put(saved.target(), saved);
  }
}
