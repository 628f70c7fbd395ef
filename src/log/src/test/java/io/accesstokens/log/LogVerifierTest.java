package io.accesstokens.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogVerifierTest {

  private static final int SIZE = 700;

  private final Map<String, byte[]> files = new HashMap<>();
  private final List<byte[]> entries = new ArrayList<>();
  private KeyPair pair;
  private VerifierKey key;

  @BeforeEach
  void writeLog() throws Exception {
    pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    key = VerifierKey.of("log", VerifierKey.Type.ED25519, pair.getPublic());
    for (int i = 0; i < SIZE; i++) {
      entries.add(entry(i, "reason"));
    }
    write();
  }

  private static byte[] entry(long index, String reason) {
    return new LogEntry(
            "event-" + index,
            "token",
            LogEntry.SERVICE,
            null,
            "revoked",
            "user:default/alice",
            Map.of("reason", reason),
            "2026-11-27T10:00:00.000Z",
            index)
        .bytes();
  }

  private void write() {
    TreeBuilder builder = TreeBuilder.empty((tile, hashes) -> files.put(tile.path(), hashes));
    entries.forEach(entry -> builder.add(MerkleHash.ofLeaf(entry)));
    builder.partialTiles().forEach((tile, hashes) -> files.put(tile.path(), hashes));
    for (long bundle = 0; bundle * Tile.FULL_WIDTH < entries.size(); bundle++) {
      writeBundle(bundle);
    }
    files.put("checkpoint", note(builder.size(), builder.root()));
  }

  private void writeBundle(long bundle) {
    Tile tile = Tile.of(Tile.ENTRIES, bundle, entries.size());
    int first = (int) (bundle * Tile.FULL_WIDTH);
    files.put(tile.path(), EntryBundle.encode(entries.subList(first, first + tile.width())));
  }

  private byte[] note(long size, MerkleHash root) {
    String text = new Checkpoint("log", size, root).text();
    return new SignedNote(text, List.of(SignedNote.sign(text, key, pair.getPrivate()))).bytes();
  }

  private byte[] read(Tile tile) {
    byte[] content = files.get(tile.path());
    if (content == null) {
      throw new LogFormatException(tile.path() + " is missing");
    }
    return content;
  }

  private byte[] file(String path) {
    return files.getOrDefault(path, new byte[0]);
  }

  private LogVerifier verifier() {
    return new LogVerifier(this::read, file("checkpoint"), List.of(key));
  }

  private List<String> problems() {
    LogVerifier verifier = verifier();
    verifier.verifyEntries(entry -> {}, count -> {});
    return verifier.problems();
  }

  @Test
  void wholeLogIsProved() {
    List<LogEntry> read = new ArrayList<>();
    List<Long> progress = new ArrayList<>();
    LogVerifier verifier = verifier();
    verifier.verifyEntries(read::add, progress::add);
    verifier.verifyExtends(note(0, MerkleHash.EMPTY_ROOT));
    verifier.verifyExtends(note(300, new MerkleTree(this::read, SIZE).root()));
    assertEquals(
        List.of("the log does not extend the earlier checkpoint of size 300"), verifier.problems());
    assertEquals(SIZE, read.size());
    assertEquals(List.of(256L, 512L, 700L), progress);
    assertEquals(SIZE, verifier.checkpoint().size());
  }

  @Test
  void earlierCheckpointsAreExtended() {
    TreeBuilder builder = TreeBuilder.empty((tile, hashes) -> {});
    LogVerifier verifier = verifier();
    for (byte[] entry : entries) {
      builder.add(MerkleHash.ofLeaf(entry));
      if (builder.size() % 7 == 0) {
        verifier.verifyExtends(note(builder.size(), builder.root()));
      }
    }
    assertEquals(List.of(), verifier.problems());
  }

  @Test
  void shortenedLogIsNoticed() {
    byte[] earlier = file("checkpoint");
    entries.subList(600, SIZE).clear();
    files.clear();
    write();
    LogVerifier verifier = verifier();
    verifier.verifyExtends(earlier);
    assertEquals(
        List.of("the log was shortened: it has 600 entries, and the earlier checkpoint has 700"),
        verifier.problems());
  }

  @Test
  void changedEntryIsNamed() {
    entries.set(300, entry(300, "another reason"));
    writeBundle(1);
    assertEquals(
        List.of(
            "tile/0/001 does not have the hashes of the entries",
            "tile/1/000.p/2 does not have the hashes of the entries",
            "the entry 300 was changed",
            "the entries do not give the root of the checkpoint"),
        problems());
  }

  @Test
  void swappedEntriesAreNamed() {
    byte[] first = entries.get(10);
    entries.set(10, entries.get(11));
    entries.set(11, first);
    writeBundle(0);
    List<String> problems = problems();
    assertTrue(problems.contains("the entry 10 was moved from the index 11"), problems::toString);
    assertTrue(problems.contains("the entry 11 was moved from the index 10"), problems::toString);
  }

  @Test
  void eventWithTwoEntriesIsNamed() {
    LogEntry first = LogEntry.parse(entries.get(7));
    entries.add(
        new LogEntry(
                first.id(),
                first.tokenId(),
                first.kind(),
                first.owner(),
                first.event(),
                "user:default/eve",
                first.metadata(),
                first.occurredAt(),
                SIZE)
            .bytes());
    files.clear();
    write();
    assertEquals(
        List.of(
            "the event of an entry is also the event of an earlier entry: entry 700: revoked of the"
                + " token token by user:default/eve at 2026-11-27T10:00:00.000Z, event event-7"),
        problems());
  }

  @Test
  void changedTileIsNamed() {
    byte[] tile = file("tile/0/001");
    tile[32 * 44] ^= 1;
    assertEquals(
        List.of(
            "tile/0/001 does not have the hashes of the entries",
            "the hash of the entry 300 was changed in its tile"),
        problems());
  }

  @Test
  void missingFilesAreNamed() {
    files.remove("tile/1/000.p/2");
    assertEquals(List.of("tile/1/000.p/2 is missing"), problems());
    files.remove("tile/entries/001");
    assertEquals(
        List.of(
            "tile/entries/001 is missing, so the entries from 256 to 511 are not verified",
            "tile/1/000.p/2 is missing"),
        problems());
    files.remove("tile/0/001");
    assertEquals(
        List.of("tile/entries/001 is missing, so the entries from 256 are not verified"),
        problems());
  }

  @Test
  void missingHashesOfAnArchiveDoNotHideLaterChanges() {
    MerkleHash root = MerkleHash.at(file("tile/1/000.p/2"), 0);
    entries.set(600, archiveRecord(root, 600));
    files.clear();
    write();
    byte[] proof = proof(600);
    files.remove("tile/entries/000");
    assertEquals(List.of(), problems(proof));
    files.remove("tile/0/000");
    entries.set(300, entry(300, "another reason"));
    writeBundle(1);
    assertEquals(
        List.of("tile/entries/000 is missing, so the entries from 0 are not verified"),
        problems(proof));
  }

  private byte[] proof(int index) {
    return new InclusionProof(
            new String(entries.get(index), StandardCharsets.UTF_8),
            index,
            new MerkleTree(this::read, entries.size()).inclusionProof(index),
            SignedNote.parse(file("checkpoint")))
        .text()
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void archiveWithAnotherRootIsNotAccepted() {
    entries.set(600, archiveRecord(MerkleHash.ofLeaf(new byte[0]), 600));
    files.clear();
    write();
    String problem = "the record of an archive in the entry 600 has another root";
    assertEquals(List.of(problem), problems());
    byte[] proof = proof(600);
    files.remove("tile/entries/000");
    assertEquals(
        List.of(
            problem,
            problem,
            "tile/entries/000 is missing, so the entries from 0 to 255 are not verified"),
        problems(proof));
  }

  @Test
  void proofOfAnotherEntryIsNoRecordOfAnArchive() {
    entries.set(600, archiveRecord(MerkleHash.at(file("tile/1/000.p/2"), 0), 599));
    files.clear();
    write();
    LogVerifier verifier = verifier();
    verifier.acceptArchive(proof(10));
    verifier.acceptArchive(proof(600));
    String prefix = "the record of the earlier archive cannot be verified: ";
    assertEquals(
        List.of(
            prefix + "the entry is not a record", prefix + "it belongs to another log or entry"),
        verifier.problems());
  }

  @Test
  void entriesOfAnotherFormAreNamed() {
    entries.set(5, "{}".getBytes(StandardCharsets.UTF_8));
    LogEntry record = LogEntry.parse(archiveRecord(MerkleHash.EMPTY_ROOT, 600));
    entries.set(
        600,
        new LogEntry(
                record.id(),
                record.tokenId(),
                record.kind(),
                record.owner(),
                record.event(),
                record.actor(),
                Map.of(),
                record.occurredAt(),
                600)
            .bytes());
    files.clear();
    write();
    List<String> problems = problems();
    assertEquals(2, problems.size(), problems::toString);
    assertTrue(
        problems.get(0).startsWith("the entry 5 is not an audit event: "), problems::toString);
    assertTrue(
        problems.get(1).startsWith("the entry 600 is not a record of an archive: "),
        problems::toString);
  }

  @Test
  void problemsAboveTheMaximumAreCounted() {
    LogVerifier verifier = verifier();
    for (int i = 0; i < LogVerifier.MAX_PROBLEMS + 2; i++) {
      verifier.report("problem " + i);
    }
    List<String> problems = verifier.problems();
    assertEquals(LogVerifier.MAX_PROBLEMS + 1, problems.size());
    assertEquals("2 further problems are not listed", problems.get(LogVerifier.MAX_PROBLEMS));
  }

  private static byte[] archiveRecord(MerkleHash root, long index) {
    LogArchive archive =
        new LogArchive(
            0, Tile.FULL_WIDTH, root, Instant.parse("2026-11-27T10:00:00Z"), "root", index);
    return new LogEntry(
            "event-" + index,
            LogArchive.NO_TOKEN,
            LogArchive.KIND,
            null,
            LogArchive.EVENT,
            "root",
            archive.metadata(),
            "2026-11-27T10:00:00.000Z",
            index)
        .bytes();
  }

  private List<String> problems(byte[] earlierArchive) {
    LogVerifier verifier = verifier();
    verifier.acceptArchive(earlierArchive);
    verifier.verifyEntries(entry -> {}, count -> {});
    return verifier.problems();
  }

  @Test
  void foreignCheckpointIsRejected() throws Exception {
    VerifierKey other =
        VerifierKey.of(
            "log",
            VerifierKey.Type.ED25519,
            KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic());
    assertThrows(
        LogFormatException.class,
        () -> new LogVerifier(this::read, file("checkpoint"), List.of(other)));
    LogVerifier verifier = verifier();
    verifier.verifyExtends("text\n\n\u2014 x AAAAAAE=\n".getBytes(StandardCharsets.UTF_8));
    assertEquals(1, verifier.problems().size(), verifier.problems()::toString);
  }
}
