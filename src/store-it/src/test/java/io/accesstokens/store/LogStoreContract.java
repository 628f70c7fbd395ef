package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.MerkleProofs;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TreeBuilder;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.transparency.ForkedLogException;
import io.accesstokens.transparency.LogBacklog;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.transparency.delivery.Cosignatures;
import io.accesstokens.verify.EntityRef;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract of stores of the transparency log. */
public abstract class LogStoreContract {

  protected static final String ORIGIN = "example.com/log";

  private static final SecureRandom RANDOM = new SecureRandom();

  protected final KeySeal seal = KeySeal.random(RANDOM);

  /**
   * A store of tokens and its log.
   *
   * @param tokens the store, without tokens and events
   * @param log the log, which has no name yet
   */
  public record LoggedStores(TokenStore tokens, LogStore log) {}

  protected abstract LoggedStores emptyStores() throws Exception;

  protected final LogKeys keys(LogStore log) {
    return LogKeys.open(log, seal, log.setOriginIfAbsent(ORIGIN), Clock.systemUTC(), RANDOM);
  }

  protected final LogSequencer sequencer(LogStore log) {
    return LogSequencer.of(log, keys(log), ORIGIN);
  }

  protected static Checkpoint checkpoint(LogStore log, LogKeys keys) {
    String note = log.state().checkpoint();
    assertTrue(note != null, "a checkpoint is stored");
    return Checkpoint.verified(
        SignedNote.parse(String.valueOf(note).getBytes(StandardCharsets.UTF_8)), keys.verifiers());
  }

  /** Verifies the stored tree, and returns the entries. */
  protected static List<LogEntry> verifiedEntries(LogStore log, LogKeys keys) {
    Checkpoint checkpoint = checkpoint(log, keys);
    List<String> stored = log.entries(0, Integer.MAX_VALUE);
    assertEquals(checkpoint.size(), stored.size(), "entries");
    TreeBuilder builder = TreeBuilder.empty((tile, hashes) -> {});
    List<LogEntry> entries = new ArrayList<>();
    for (String json : stored) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      builder.add(MerkleHash.ofLeaf(bytes));
      entries.add(LogEntry.parse(bytes));
      assertEquals(entries.size() - 1, entries.get(entries.size() - 1).logIndex(), "logIndex");
    }
    assertEquals(checkpoint.root(), builder.root(), "root of the entries");
    assertEquals(
        checkpoint.root(), new MerkleTree(log.tiles(), checkpoint.size()).root(), "root of tiles");
    return entries;
  }

  @Test
  void emptyLogHasACheckpoint() throws Exception {
    LoggedStores stores = emptyStores();
    LogKeys keys = keys(stores.log());
    LogSequencer.of(stores.log(), keys, ORIGIN).run();
    assertEquals(new Checkpoint(ORIGIN, 0, MerkleHash.EMPTY_ROOT), checkpoint(stores.log(), keys));
    assertEquals(ORIGIN, stores.log().setOriginIfAbsent("another"), "the name never changes");
    assertEquals(List.of(), stores.log().entries(0, 10));
    assertTrue(stores.log().indexOf(UUID.randomUUID()).isEmpty(), "an unknown event");
  }

  @Test
  void eventIsAnEntryWithAllThatTheApiShows() throws Exception {
    LoggedStores stores = emptyStores();
    LogSequencer sequencer = sequencer(stores.log());
    ServiceToken token = Samples.put(stores.tokens(), Samples.token("ci"));
    PersonalToken personal = personal("one");
    AuditEvent minted =
        new AuditEvent(
            UUID.randomUUID(),
            personal.id(),
            AuditEvent.Type.MINTED,
            "user:default/dave",
            Map.of(),
            NOON.plusSeconds(1));
    stores
        .tokens()
        .personal()
        .orElseThrow()
        .create(personal, Samples.digest(personal.id()), minted, 9);
    AuditEvent revoked = Samples.revoked(token.id(), NOON.plusSeconds(2), "\u20ac \"quoted\"\n");
    var unused = stores.tokens().revoke(token.id(), null, () -> revoked);
    assertTrue(stores.log().hasPendingEvents(), "events are pending");
    LogBacklog backlog = stores.log().backlog(10);
    assertEquals(stores.log().backlog(1).events(), 1, "a bounded count");
    assertEquals(NOON, backlog.oldest());
    sequencer.run();
    assertEquals(false, stores.log().hasPendingEvents(), "events are pending");
    assertEquals(LogBacklog.NONE, stores.log().backlog(10));
    List<LogEntry> entries = verifiedEntries(stores.log(), keys(stores.log()));
    Set<LogEntry> found = new HashSet<>();
    entries.forEach(entry -> found.add(at(entry, 0)));
    assertEquals(
        Set.of(
            new LogEntry(
                minted.id().toString(),
                personal.id().toString(),
                "personal",
                "user:default/dave",
                "minted",
                "user:default/dave",
                Map.of(),
                "2026-03-01T12:00:01.123Z",
                0),
            new LogEntry(
                revoked.id().toString(),
                token.id().toString(),
                "service",
                "group:default/platform",
                "revoked",
                "user:default/carol",
                Map.of("reason", "\u20ac \"quoted\"\n"),
                "2026-03-01T12:00:02.123Z",
                0),
            at(entries.get(0), 0)),
        found);
    assertEquals("created", entries.get(0).event());
    for (AuditEvent event : stores.tokens().auditLog(token.id(), 0, 10).items()) {
      long index = stores.log().indexOf(event.id()).orElseThrow();
      assertEquals(Long.valueOf(index), event.logIndex(), "logIndex");
      assertEquals(event.id().toString(), entries.get((int) index).id(), "at the index");
    }
  }

  @Test
  void entryHasOnlyTheHashOfASaltedReason() throws Exception {
    LoggedStores stores = emptyStores();
    LogKeys keys = keys(stores.log());
    ServiceToken token = Samples.put(stores.tokens(), Samples.token("ci"));
    var unused =
        stores
            .tokens()
            .revoke(
                token.id(), null, () -> Samples.revoked(token.id(), NOON.plusSeconds(2), "a name"));
    PersonalToken personal = personal("one");
    AuditEvent minted =
        new AuditEvent(
            UUID.randomUUID(),
            personal.id(),
            AuditEvent.Type.MINTED,
            "user:default/dave",
            Map.of(AuditEvent.REASON, "another name"),
            NOON.plusSeconds(3));
    stores
        .tokens()
        .personal()
        .orElseThrow()
        .create(personal, Samples.digest(personal.id()), minted, 9);
    LogSequencer.of(stores.log(), keys, ORIGIN, event -> event.withReasonSalt(RANDOM)).run();
    List<LogEntry> entries = verifiedEntries(stores.log(), keys);
    assertEquals(Map.of(), entries.get(0).metadata());
    List<AuditEvent> events =
        List.of(
            stores.tokens().auditLog(token.id(), 0, 1).items().get(0),
            stores.tokens().personal().orElseThrow().auditLog(personal.id(), 0, 1).items().get(0));
    for (int i = 0; i < 2; i++) {
      Map<String, String> metadata = events.get(i).metadata();
      assertEquals(List.of("a name", "another name").get(i), metadata.get(AuditEvent.REASON));
      assertEquals(44, metadata.getOrDefault(AuditEvent.REASON_SALT, "").length(), "salt");
      assertEquals(Set.of(LogEntry.REASON_HMAC), entries.get(i + 1).metadata().keySet());
      assertEquals(entries.get(i + 1).metadata(), LogEntry.loggedMetadata(metadata));
    }
  }

  private static LogEntry at(LogEntry entry, long index) {
    return new LogEntry(
        entry.id(),
        entry.tokenId(),
        entry.kind(),
        entry.owner(),
        entry.event(),
        entry.actor(),
        entry.metadata(),
        entry.occurredAt(),
        index);
  }

  private static PersonalToken personal(String name) {
    return new PersonalToken(
        UUID.randomUUID(),
        name,
        "bpat_abcdefg",
        EntityRef.parseUser("dave").orElseThrow(),
        List.of(),
        NOON,
        NOON.plusSeconds(3600),
        null,
        null,
        null);
  }

  @Test
  void concurrentProcessesAppendEachEventOnceAndInTheOrderOfItsToken() throws Exception {
    LoggedStores stores = emptyStores();
    LogKeys keys = keys(stores.log());
    int writers = 4;
    int tokensOfWriter = 80;
    List<Checkpoint> checkpoints = new ArrayList<>();
    List<LogSequencer> sequencers =
        List.of(sequencer(stores.log()), sequencer(stores.log()), sequencer(stores.log()));
    int threads = writers + sequencers.size();
    List<Object> results =
        ConcurrentCalls.run(
            threads,
            i ->
                i < writers
                    ? writer(stores.tokens(), i, tokensOfWriter)
                    : () -> {
                      for (int run = 0; run < 20; run++) {
                        try {
                          sequencers.get(i - writers).run();
                        } catch (StoreUnavailableException e) {
                          // A database ends a transaction that takes too long on a busy machine.
                        }
                        Checkpoint now = checkpoint(stores.log(), keys);
                        synchronized (checkpoints) {
                          checkpoints.add(now);
                        }
                      }
                      return true;
                    });
    assertEquals(Collections.nCopies(threads, true), results);
    sequencers.get(0).run();
    List<LogEntry> entries = verifiedEntries(stores.log(), keys);
    assertEquals(writers * tokensOfWriter * 2, entries.size(), "two events of each token");
    Set<String> created = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (LogEntry entry : entries) {
      assertTrue(ids.add(entry.id()), () -> "twice in the log: " + entry);
      if (entry.event().equals("created")) {
        created.add(entry.tokenId());
      } else {
        assertTrue(created.contains(entry.tokenId()), () -> "revoked before created: " + entry);
      }
    }
    Checkpoint last = checkpoint(stores.log(), keys);
    for (Checkpoint earlier : Set.copyOf(checkpoints)) {
      assertTrue(
          MerkleProofs.isConsistent(
              new MerkleTree(stores.log().tiles(), last.size()).consistencyProof(earlier.size()),
              earlier.size(),
              earlier.root(),
              last.size(),
              last.root()),
          () -> "the log extends " + earlier);
    }
  }

  @Test
  void tileIsReadableBeforeTheStateIsReadAgain() throws Exception {
    LoggedStores stores = emptyStores();
    LogKeys keys = keys(stores.log());
    LogSequencer sequencer = LogSequencer.of(stores.log(), keys, ORIGIN);
    sequencer.run();
    TransparencyLog log = new TransparencyLog(stores.log(), keys, true, Cosignatures.NONE);
    assertTrue(log.checkpoint().isPresent(), "a checkpoint");
    Samples.put(stores.tokens(), Samples.token("ci"));
    sequencer.run();
    for (int level : List.of(0, Tile.ENTRIES)) {
      assertTrue(log.content(new Tile(level, 0, 1)).isPresent(), () -> "level " + level);
      assertTrue(log.content(new Tile(level, 0, 2)).isEmpty(), () -> "level " + level);
    }
  }

  private static Callable<Boolean> writer(TokenStore tokens, int number, int count) {
    return () -> {
      for (int i = 0; i < count; i++) {
        ServiceToken token = Samples.put(tokens, Samples.token("ci-" + number + "-" + i));
        Samples.revoke(tokens, token.id(), NOON.plusSeconds(1));
      }
      return true;
    };
  }

  @Test
  void keysAreRotatedWithAnOverlap() throws Exception {
    LoggedStores stores = emptyStores();
    LogKeys keys = keys(stores.log());
    LogKeys other = keys(stores.log());
    LogSequencer sequencer = LogSequencer.of(stores.log(), other, ORIGIN);
    sequencer.run();
    assertEquals(keys.verifiers(), other.verifiers(), "one key");
    var first = keys.verifiers().get(0);
    var second = keys.rotate();
    assertThrows(IllegalStateException.class, keys::removeOld, "nothing is signed by the new key");
    other.refresh();
    assertEquals(List.of(second, first), other.verifiers());
    sequencer.run();
    SignedNote note =
        SignedNote.parse(
            String.valueOf(stores.log().state().checkpoint()).getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(second, first), note.verify(List.of(second, first)), "both have signed");
    assertEquals(List.of(first), keys.removeOld());
    other.refresh();
    Samples.put(stores.tokens(), Samples.token("ci"));
    sequencer.run();
    assertEquals(
        1,
        Checkpoint.verified(
                SignedNote.parse(
                    String.valueOf(stores.log().state().checkpoint())
                        .getBytes(StandardCharsets.UTF_8)),
                List.of(second))
            .size());
    KeySeal lost = KeySeal.random(RANDOM);
    String message =
        String.valueOf(
            assertThrows(
                    UnreadableKeyException.class,
                    () -> LogKeys.open(stores.log(), lost, ORIGIN, Clock.systemUTC(), RANDOM))
                .getMessage());
    assertTrue(message.startsWith("the key of the transparency log "), message);
    LogKeys.withdrawAll(stores.log(), lost, Clock.systemUTC(), RANDOM);
    LogKeys fresh = LogKeys.open(stores.log(), lost, ORIGIN, Clock.systemUTC(), RANDOM);
    assertEquals(1, checkpoint(stores.log(), fresh).size(), "signed by the new key");
    LogSequencer.of(stores.log(), fresh, ORIGIN).run();
  }

  @Test
  void interruptedWithdrawalIsCompletedByARepeat() throws Exception {
    for (String step : List.of("replaceCheckpoint", "delete")) {
      LoggedStores stores = emptyStores();
      LogStore log = stores.log();
      sequencer(log).run();
      List<SealedKey> former = log.keys().all();
      assertThrows(
          StoreUnavailableException.class,
          () -> LogKeys.withdrawAll(failing(log, step), seal, Clock.systemUTC(), RANDOM),
          step);
      assertEquals(0, checkpoint(log, keys(log)).size(), () -> "signed by a stored key: " + step);
      LogKeys.withdrawAll(log, seal, Clock.systemUTC(), RANDOM);
      List<SealedKey> left = log.keys().all();
      assertEquals(1, left.size(), step);
      assertFalse(former.contains(left.get(0)), step);
      assertEquals(0, checkpoint(log, keys(log)).size(), step);
      Samples.put(stores.tokens(), Samples.token("ci"));
      sequencer(log).run();
      assertEquals(1, checkpoint(log, keys(log)).size(), step);
    }
  }

  /** Returns a store that loses its connection before a step. */
  private static LogStore failing(LogStore log, String step) {
    SigningKeyStore keys = failing(SigningKeyStore.class, log.keys(), step, null);
    return failing(LogStore.class, log, step, keys);
  }

  private static <T> T failing(
      Class<T> type, T store, String step, @Nullable SigningKeyStore keys) {
    return TestDouble.around(
        type,
        store,
        call -> {
          if (call.name().equals(step)) {
            throw new StoreUnavailableException("the connection is lost", null);
          }
          if (keys != null && call.name().equals("keys")) {
            return keys;
          }
          return call.proceed();
        });
  }

  @Test
  void keysStayIfTheCheckpointIsDamaged() throws Exception {
    LogStore log = emptyStores().log();
    sequencer(log).run();
    List<SealedKey> former = log.keys().all();
    LogState state = log.state();
    assertTrue(log.replaceCheckpoint(state, "damaged"), "damaged");
    assertThrows(
        ForkedLogException.class, () -> LogKeys.withdrawAll(log, seal, Clock.systemUTC(), RANDOM));
    assertEquals(former, log.keys().all());
    assertTrue(log.replaceCheckpoint(log.state(), String.valueOf(state.checkpoint())), "repaired");
    LogKeys.withdrawAll(log, seal, Clock.systemUTC(), RANDOM);
    assertEquals(0, checkpoint(log, keys(log)).size());
  }

  @Test
  void damagedKeyIsWithdrawn() throws Exception {
    LogStore log = emptyStores().log();
    sequencer(log).run();
    SealedKey key = log.keys().all().get(0);
    assertTrue(
        log.keys()
            .add(
                new SealedKey(
                    "damaged", key.generation() + 1, "x", "x", key.createdAt(), key.signsFrom())),
        "added");
    LogKeys.withdrawAll(log, seal, Clock.systemUTC(), RANDOM);
    assertEquals(1, log.keys().all().size());
    assertEquals(0, checkpoint(log, keys(log)).size());
  }
}
