package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.SignedNote.NoteSignature;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TreeBuilder;
import io.accesstokens.log.VerifierKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WitnessCheckTest {

  private static final long SECONDS = 1_790_000_000;

  /** A key that signs notes. */
  private record Signer(VerifierKey key, KeyPair pair) {

    static Signer of(String name, VerifierKey.Type type) throws GeneralSecurityException {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new Signer(VerifierKey.of(name, type, pair.getPublic()), pair);
    }

    /** Returns a cosignature (c2sp.org/tlog-cosignature). */
    NoteSignature cosign(String text) throws GeneralSecurityException {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(pair.getPrivate());
      signer.update(
          ("cosignature/v1\ntime " + SECONDS + "\n" + text).getBytes(StandardCharsets.UTF_8));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(HexFormat.of().parseHex(key.id()));
      bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(SECONDS).array());
      bytes.writeBytes(signer.sign());
      return new NoteSignature(
          key.name(), key.id(), Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
  }

  private final Signer log;
  private final Signer first;
  private final Signer second;
  private final Map<String, byte[]> tiles = new HashMap<>();
  private final TreeBuilder builder = TreeBuilder.empty(this::put);

  WitnessCheckTest() throws GeneralSecurityException {
    log = Signer.of("example.com/log", VerifierKey.Type.ED25519);
    first = Signer.of("witness.example/w1", VerifierKey.Type.COSIGNATURE);
    second = Signer.of("witness.example/w2", VerifierKey.Type.COSIGNATURE);
  }

  private void put(Tile tile, byte[] hashes) {
    tiles.put(tile.level() + "/" + tile.index(), hashes);
  }

  private Checkpoint grow(int size) {
    while (builder.size() < size) {
      builder.add(leaf("entry " + builder.size()));
    }
    builder.partialTiles().forEach(this::put);
    return new Checkpoint(log.key().name(), size, builder.root());
  }

  private static MerkleHash leaf(String entry) {
    return MerkleHash.ofLeaf(entry.getBytes(StandardCharsets.UTF_8));
  }

  private byte[] note(Checkpoint checkpoint, Signer... witnesses) throws GeneralSecurityException {
    String text = checkpoint.text();
    List<NoteSignature> signatures = new ArrayList<>();
    signatures.add(SignedNote.sign(text, log.key(), log.pair().getPrivate()));
    for (Signer witness : witnesses) {
      signatures.add(witness.cosign(text));
    }
    return new SignedNote(text, signatures).bytes();
  }

  /** A log with cosigned checkpoints. */
  private final class Files implements LogFiles {

    private final byte[] latest;
    private final List<byte[]> cosigned;

    Files(byte[] latest, List<byte[]> cosigned) {
      this.latest = latest;
      this.cosigned = cosigned;
    }

    @Override
    public byte[] checkpoint() {
      return latest;
    }

    @Override
    public List<byte[]> cosignedCheckpoints(List<VerifierKey> witnesses) {
      return cosigned;
    }

    @Override
    public List<String> keys() {
      return List.of(log.key().toString());
    }

    @Override
    public byte[] read(Tile tile) {
      return tiles.getOrDefault(tile.level() + "/" + tile.index(), new byte[0]);
    }
  }

  private record Result(List<String> lines, List<String> problems) {}

  private Result check(byte[] latest, List<byte[]> cosigned) {
    Files files = new Files(latest, cosigned);
    WitnessCheck check = new WitnessCheck(List.of(first.key(), second.key()), files);
    LogVerifier verifier = new LogVerifier(files, latest, List.of(log.key()));
    check.verify(verifier);
    return new Result(check.lines(), verifier.problems());
  }

  @Test
  void witnessesCanHaveCosignedDifferentSizes() throws Exception {
    byte[] old = note(grow(3), first, second);
    byte[] later = note(grow(300), first);
    Result result = check(note(grow(400)), List.of(old, later));
    assertEquals(List.of(), result.problems());
    String time = " at 2026-09-21T14:13:20Z: the first ";
    assertEquals(
        List.of(
            "cosigned by witness.example/w1" + time + "300 entries",
            "cosigned by witness.example/w2" + time + "3 entries"),
        result.lines());
  }

  @Test
  void witnessWithoutACosignatureIsNamed() throws Exception {
    Result result = check(note(grow(4)), List.of(note(grow(4), first)));
    assertEquals(
        List.of("the witness witness.example/w2 has not cosigned a checkpoint of the log"),
        result.problems());
    assertEquals(1, result.lines().size(), result::toString);
  }

  @Test
  void witnessOfAnotherHistoryIsNamed() throws Exception {
    TreeBuilder other = TreeBuilder.empty((tile, hashes) -> {});
    other.add(leaf("another entry"));
    byte[] fork = note(new Checkpoint(log.key().name(), 1, other.root()), second);
    byte[] good = note(grow(2), first);
    Result result = check(note(grow(5)), List.of(good, fork));
    assertEquals(
        List.of(
            "the log does not extend the checkpoint of the witness witness.example/w2 of size 1"),
        result.problems());
    assertTrue(result.lines().get(0).contains("w1"), result::toString);
    assertEquals(1, result.lines().size(), result::toString);
  }

  @Test
  void wrongCosignatureIsNamed() throws Exception {
    Checkpoint checkpoint = grow(5);
    String cosignature = second.cosign("another text\n").base64();
    String note = new String(note(checkpoint, first, second), StandardCharsets.UTF_8);
    String wrong = note.replace(second.cosign(checkpoint.text()).base64(), cosignature);
    Result result = check(note(checkpoint, first), List.of(wrong.getBytes(StandardCharsets.UTF_8)));
    assertEquals(1, result.problems().size(), result::toString);
    assertTrue(
        result.problems().get(0).startsWith("the cosignature of the witness witness.example/w2"),
        result::toString);
    assertEquals(1, result.lines().size(), result::toString);
  }
}
