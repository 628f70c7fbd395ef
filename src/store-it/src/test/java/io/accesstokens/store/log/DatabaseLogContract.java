package io.accesstokens.store.log;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.LogStoreContract;
import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.OpenedStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.ArchiveStore;
import io.accesstokens.transparency.ForkedLogException;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.PendingEvent;
import io.accesstokens.transparency.delivery.TargetState;
import io.accesstokens.transparency.delivery.TargetStore;
import io.accesstokens.transparency.stream.StreamStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract of stores of the transparency log, for a log in a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseLogContract extends LogStoreContract {

  private OpenedStore opened;

  /** Opens a pool of connections to a database that no other test uses. */
  abstract ConnectionPool openPool() throws Exception;

  @BeforeAll
  void open() throws Exception {
    opened = new OpenedStore(openPool());
  }

  @AfterAll
  void closeAll() {
    opened.close();
  }

  @Override
  protected LoggedStores emptyStores() throws Exception {
    HibernateTokenStore store =
        opened.without(
            "access_token_log_entries",
            "access_token_log_tiles",
            "access_token_log_keys",
            "access_token_log_targets",
            "access_token_log_archives",
            "service_access_token_audit_log",
            "service_access_tokens",
            "personal_access_token_audit_log",
            "personal_access_tokens");
    opened.execute("update access_token_log set origin = null, tree_size = 0, note = null");
    return new LoggedStores(store, store.log());
  }

  @Test
  void indexThatWasDeletedIsRestored() throws Exception {
    LoggedStores stores = emptyStores();
    LogSequencer sequencer = sequencer(stores.log());
    ServiceToken token = Samples.put(stores.tokens(), Samples.token("ci"));
    sequencer.run();
    opened.execute("update service_access_token_audit_log set log_index = null");
    sequencer.run();
    assertEquals(1, stores.log().state().size(), "size");
    assertEquals(0L, stores.tokens().auditLog(token.id(), 0, 1).items().get(0).logIndex());
  }

  @Test
  void tokensAreReadWithTheirChanges() throws Exception {
    LoggedStores stores = emptyStores();
    ServiceToken kept = Samples.put(stores.tokens(), Samples.token("kept"));
    ServiceToken revoked = Samples.put(stores.tokens(), Samples.token("revoked"));
    Samples.revoke(stores.tokens(), revoked.id(), NOON.plusSeconds(1));
    JdbcLogStore log = (JdbcLogStore) stores.log();
    List<LoggedToken> rows = log.tokensAfter(LogEntry.SERVICE, "");
    List<String> ids = List.of(kept.id().toString(), revoked.id().toString());
    assertEquals(ids.stream().sorted().toList(), rows.stream().map(LoggedToken::id).toList());
    assertEquals(List.of(), log.tokensAfter(LogEntry.SERVICE, rows.get(1).id()));
    assertEquals(List.of(rows.get(1)), log.tokensAfter(LogEntry.SERVICE, rows.get(0).id()));
    LoggedToken row = log.token(LogEntry.SERVICE, revoked.id().toString()).orElseThrow();
    assertTrue(rows.contains(row), "the same row, read alone");
    assertEquals(NOON.plusSeconds(1), row.revokedAt());
    assertEquals(
        List.of("created", "revoked"), row.events().stream().map(PendingEvent::event).toList());
    assertEquals(String.join(" ", revoked.scopes()), row.values().get("scopes"));
    assertEquals(AuditEvent.text(revoked.expiresAt()), row.values().get(AuditEvent.EXPIRES_AT));
    assertEquals(List.of(), log.tokensAfter(LogEntry.PERSONAL, ""));
    assertEquals(Optional.empty(), log.token(LogEntry.PERSONAL, revoked.id().toString()));
  }

  @Test
  void pageOfTokensEndsBeforeATokenWithVeryManyEvents() throws Exception {
    LoggedStores stores = emptyStores();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ids.add(Samples.put(stores.tokens(), Samples.token("t" + i)).id().toString());
    }
    Collections.sort(ids);
    String busy = ids.get(2);
    // The clock of the process that revokes the token is behind.
    Samples.revoke(stores.tokens(), UUID.fromString(busy), NOON.minusSeconds(1));
    for (int i = 0; i < 2 * LoggedTokens.PAGE_ROWS; i += 100) {
      String time = "timestamp '2026-03-02 %02d:%02d:00'".formatted(i / 100, i / 100);
      opened.execute(events(busy, "ended-secret-used", time, 100));
    }
    opened.execute(events(busy, "rotated", "timestamp '2026-03-03 12:00:00'", 1));
    JdbcLogStore log = (JdbcLogStore) stores.log();
    List<String> before = List.of(ids.get(0), ids.get(1));
    List<LoggedToken> rows = log.tokensAfter(LogEntry.SERVICE, "");
    assertEquals(before, rows.stream().map(LoggedToken::id).toList());
    rows = log.tokensAfter(LogEntry.SERVICE, ids.get(1));
    assertEquals(List.of(busy), rows.stream().map(LoggedToken::id).toList());
    assertEquals(
        List.of("created", "revoked", "rotated"),
        rows.get(0).events().stream().map(PendingEvent::event).toList());
    assertEquals(rows, log.token(LogEntry.SERVICE, busy).stream().toList());
    rows = log.tokensAfter(LogEntry.SERVICE, busy);
    assertEquals(List.of(ids.get(3)), rows.stream().map(LoggedToken::id).toList());
  }

  /** Returns the statement that inserts some events of one time. */
  private static String events(String token, String event, String time, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                "('%s', '%s', '%s', 'user:default/alice', '{}', %s)"
                    .formatted(UUID.randomUUID(), token, event, time))
        .collect(
            Collectors.joining(
                ", ",
                "insert into service_access_token_audit_log"
                    + " (id, token_id, event, actor, metadata, occurred_at) values ",
                ""));
  }

  @Test
  void archivedEventsAreRemovedAfterOneProcessHasRecordedThem() throws Exception {
    LoggedStores stores = emptyStores();
    LogSequencer sequencer = sequencer(stores.log());
    ServiceToken first = Samples.put(stores.tokens(), Samples.token("one"));
    Samples.put(stores.tokens(), Samples.token("two"));
    ServiceToken third = Samples.put(stores.tokens(), Samples.token("three"));
    sequencer.run();
    ArchiveStore archives = stores.log().archives().orElseThrow();
    assertEquals(Optional.empty(), archives.latest());
    assertFalse(sequencer.appendArchive(1, 2, record()), "an archive with a gap before it");
    assertTrue(sequencer.appendArchive(0, 2, record()), "the first record");
    assertFalse(
        sequencer(stores.log()).appendArchive(0, 2, record()), "a record of another process");
    assertEquals(Optional.of(new ArchiveStore.Latest(2, 3)), archives.latest());
    assertEquals(4, stores.log().state().size(), "size");
    assertTrue(archives.hasEventsBefore(2), "events before the removal");
    archives.delete(0, 2);
    archives.delete(0, 2);
    assertFalse(archives.hasEventsBefore(2), "events after the removal");
    assertEquals(0, stores.tokens().auditLog(first.id(), 0, 1).items().size(), "archived events");
    assertEquals(1, stores.tokens().auditLog(third.id(), 0, 1).items().size(), "later events");
    Samples.put(stores.tokens(), Samples.token("four"));
    sequencer.run();
    assertEquals(3, stores.log().entries(0, 10).size(), "entries");
    assertEquals(5, checkpoint(stores.log(), keys(stores.log())).size(), "size");
  }

  private static PendingEvent record() {
    return new PendingEvent(
        LogArchive.KIND,
        UUID.randomUUID().toString(),
        LogArchive.NO_TOKEN,
        LogArchive.EVENT,
        AuditEvent.SYSTEM,
        Map.of(),
        NOON,
        null,
        0);
  }

  @Test
  void streamHasOneOwnerAtATime() throws Exception {
    StreamStore streams = opened.without("access_token_log_streams").logStreams();
    streams.setPositionIfAbsent("siem", 7);
    streams.setPositionIfAbsent("siem", 9);
    assertEquals(Map.of("siem", 7L), streams.positions());
    Instant now = Instant.parse("2026-11-27T20:00:00Z");
    Instant until = now.plusSeconds(20);
    StreamStore.Claim claim = streams.claim("siem", "first", now, until).orElseThrow();
    assertEquals(new StreamStore.Claim("siem", "first", 7, until), claim);
    assertEquals(Optional.empty(), streams.claim("siem", "second", now, until));
    StreamStore.Claim advanced = streams.advance(claim, 8, until).orElseThrow();
    assertEquals(8, advanced.next());
    assertEquals(Optional.empty(), streams.advance(claim, 9, until), "an advance by an old claim");
    Instant later = until.plusSeconds(1);
    StreamStore.Claim second =
        streams.claim("siem", "second", later, later.plusSeconds(20)).orElseThrow();
    assertEquals(8, second.next());
    assertEquals(Optional.empty(), streams.advance(advanced, 9, until), "after a lost claim");
    streams.release(advanced);
    assertEquals(Optional.empty(), streams.claim("siem", "first", later, until), "no release");
    streams.release(second);
    assertEquals(8, streams.claim("siem", "first", later, until).orElseThrow().next());
  }

  @Test
  void claimByAWrongClockIsIgnored() throws Exception {
    StreamStore streams = opened.without("access_token_log_streams").logStreams();
    streams.setPositionIfAbsent("siem", 7);
    Instant now = Instant.parse("2026-11-27T20:00:00Z");
    Instant until = now.plusSeconds(20);
    Duration ahead = Duration.ofMinutes(4);
    assertTrue(
        streams.claim("siem", "first", now.plus(ahead), until.plus(ahead)).isPresent(), "claimed");
    assertEquals(Optional.empty(), streams.claim("siem", "second", now, until), "a fast clock");
    Duration wrong = Duration.ofDays(30);
    assertTrue(
        streams.claim("siem", "first", now.plus(wrong), until.plus(wrong)).isPresent(), "extended");
    assertEquals(7, streams.claim("siem", "second", now, until).orElseThrow().next());
  }

  @Test
  void damagedRowDoesNotStopTheLog() throws Exception {
    String deep = "{\"reason\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}";
    for (String metadata : List.of("no json", deep)) {
      LoggedStores stores = emptyStores();
      LogSequencer sequencer = sequencer(stores.log());
      Samples.put(stores.tokens(), Samples.token("ci"));
      opened.execute(
          "update service_access_token_audit_log set event = 'unknown', metadata = '"
              + metadata
              + "', token_id = '"
              + UUID.randomUUID()
              + "', group_entity_ref = null");
      sequencer.run();
      LogEntry entry = verifiedEntries(stores.log(), keys(stores.log())).get(0);
      assertEquals("unknown", entry.event());
      assertTrue(entry.metadata().containsKey(LogEntry.METADATA_HASH), entry::toString);
      assertEquals(null, entry.owner());
    }
  }

  @Test
  void eventsOfATokenInAnotherOrderAreFound() throws Exception {
    LoggedStores stores = emptyStores();
    ServiceToken token = Samples.put(stores.tokens(), Samples.token("ci"));
    String created = stores.tokens().auditLog(token.id(), 0, 1).items().get(0).id().toString();
    Samples.revoke(stores.tokens(), token.id(), Samples.NOON.minusSeconds(3_600));
    sequencer(stores.log()).run();
    JdbcLogStore log = (JdbcLogStore) stores.log();
    assertEquals(Map.of(), log.outOfOrder());
    assertEquals(Map.of(0L, created), log.eventIds(0, 1));
    assertEquals(1, log.entriesOutside(1));
    assertEquals(List.of(), log.rowsWithoutIndex());
    opened.execute("update service_access_token_audit_log set seq = -seq");
    assertEquals(Map.of("service_access_token_audit_log", List.of(created)), log.outOfOrder());
  }

  @Test
  void orderOfEventsIsComparedOnAllPagesOfTokens() throws Exception {
    LoggedStores stores = emptyStores();
    for (String name : List.of("one", "two", "three")) {
      backlog(Samples.put(stores.tokens(), Samples.token(name)), 600);
    }
    appendAll(sequencer(stores.log()));
    JdbcLogStore log = (JdbcLogStore) stores.log();
    assertEquals(Map.of(), log.outOfOrder());
    opened.execute("update service_access_token_audit_log set seq = -seq");
    List<String> found = log.outOfOrder().getOrDefault("service_access_token_audit_log", List.of());
    assertEquals(1_800, found.size(), "all events except the last one of each token");
    assertEquals(1_800, Set.copyOf(found).size(), "different events");
  }

  /** The second event of the token has an earlier time, because another process wrote it. */
  @Test
  void eventsOfOneTokenAreInTheirOrderDespiteSkewedClocksAndABacklog() throws Exception {
    LoggedStores stores = emptyStores();
    LogSequencer sequencer = sequencer(stores.log());
    ServiceToken late = Samples.put(stores.tokens(), Samples.token("late"));
    opened.execute("update service_access_token_audit_log set occurred_at = '2027-01-01'");
    Samples.revoke(stores.tokens(), late.id(), NOON);
    backlog(late, 2_500);
    appendAll(sequencer);
    List<LogEntry> entries = verifiedEntries(stores.log(), keys(stores.log()));
    assertEquals(2_502, entries.size(), "entries");
    assertEquals("created", entries.get(0).event());
    assertEquals("revoked", entries.get(1).event());
    assertEquals("used-1", entries.get(2).event());
    assertEquals("used-2500", entries.get(2_501).event());
  }

  @Test
  void backlogWithLongMetadataIsAppendedInSeveralParts() throws Exception {
    LoggedStores stores = emptyStores();
    LogSequencer sequencer = sequencer(stores.log());
    ServiceToken token = Samples.put(stores.tokens(), Samples.token("ci"));
    backlog(token, 200);
    String json = "{\"reason\":\"" + "x".repeat(60_000) + "\"}";
    opened.execute("update service_access_token_audit_log set metadata = '" + json + "'");
    String later = UUID.randomUUID().toString();
    opened.execute(
        "insert into personal_access_token_audit_log"
            + " (id, token_id, event, actor, metadata, occurred_at) values"
            + " ('%s', '%s', 'created', 'user:default/bob', '{}', '2020-01-01')"
                .formatted(later, UUID.randomUUID()));
    AtomicInteger batch = new AtomicInteger();
    assertThrows(
        IllegalStateException.class,
        () ->
            stores
                .log()
                .append(
                    500,
                    (state, events, tiles) -> {
                      batch.set(events.size());
                      throw new IllegalStateException("the test has seen the batch");
                    }));
    assertEquals(
        AuditTables.MAX_CHARACTERS / json.length() + 1, batch.get(), "events in one transaction");
    appendAll(sequencer);
    List<LogEntry> entries = verifiedEntries(stores.log(), keys(stores.log()));
    assertEquals(202, entries.size(), "entries");
    assertEquals(later, entries.get(201).id(), "the event that was written last");
  }

  /** Appends all events. A database ends a transaction that takes too long on a busy machine. */
  private static void appendAll(LogSequencer sequencer) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .ignoreException(StoreUnavailableException.class)
        .until(
            () -> {
              sequencer.run();
              return true;
            });
  }

  /** Adds events whose time is earlier than that of all other events. */
  private void backlog(ServiceToken token, int count) throws Exception {
    List<String> rows = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      rows.add(
          "('%s', '%s', 'used-%d', 'user:default/alice', '{}', '2020-01-01')"
              .formatted(UUID.randomUUID(), token.id(), i));
    }
    opened.execute(
        "insert into service_access_token_audit_log"
            + " (id, token_id, event, actor, metadata, occurred_at) values "
            + String.join(", ", rows));
  }

  @Test
  void nothingIsAppendedToADamagedLog() throws Exception {
    for (String damage :
        List.of(
            "delete from access_token_log_tiles",
            "update access_token_log set tree_size = 1",
            "update access_token_log set note = null",
            "update access_token_log set note = replace(note, 'example.com', 'example.org')")) {
      LoggedStores stores = emptyStores();
      Samples.put(stores.tokens(), Samples.token("one"));
      Samples.put(stores.tokens(), Samples.token("two"));
      sequencer(stores.log()).run();
      opened.execute(damage);
      Samples.put(stores.tokens(), Samples.token("three"));
      LogSequencer fresh = sequencer(stores.log());
      assertThrows(ForkedLogException.class, fresh::run, damage);
      assertEquals(2, stores.log().entries(0, 10).size(), damage);
    }
  }

  @Test
  void restoredDatabaseIsNoticedByARunningProcess() throws Exception {
    LoggedStores stores = emptyStores();
    LogSequencer sequencer = sequencer(stores.log());
    Samples.put(stores.tokens(), Samples.token("one"));
    sequencer.run();
    String backup = String.valueOf(stores.log().state().checkpoint());
    Samples.put(stores.tokens(), Samples.token("two"));
    sequencer.run();
    opened.execute("delete from access_token_log_entries where log_index = 1");
    opened.execute(
        "update service_access_token_audit_log set log_index = null where log_index = 1");
    opened.execute("update access_token_log set tree_size = 1, note = '" + backup + "'");
    assertThrows(ForkedLogException.class, sequencer::run);
    assertEquals(1, stores.log().state().size(), "nothing is appended");
  }

  @Test
  void keysAreEncryptedAgainWithTheNewEncryptionKey() throws Exception {
    LoggedStores stores = emptyStores();
    LogKeys keys = keys(stores.log());
    KeySeal fresh = KeySeal.random(new SecureRandom());
    LogKeys reopened =
        LogKeys.open(
            stores.log(), fresh.withPrevious(seal), ORIGIN, Clock.systemUTC(), new SecureRandom());
    assertEquals(keys.verifiers(), reopened.verifiers());
    assertEquals(
        keys.verifiers(),
        LogKeys.open(stores.log(), fresh, ORIGIN, Clock.systemUTC(), new SecureRandom())
            .verifiers(),
        "without the previous key");
    keys.refresh();
    LogSequencer.of(stores.log(), keys, ORIGIN).run();
    Checkpoint checkpoint = checkpoint(stores.log(), reopened);
    assertEquals(0, checkpoint.size(), "a process with the previous key still signs");
  }

  @Test
  void targetIsClaimedByOneProcessUntilItsTime() throws Exception {
    LoggedStores stores = emptyStores();
    TargetStore targets = stores.log().targets().orElseThrow();
    String id = TargetState.id("witness", "w1");
    assertTrue(targets.claim(id, NOON, NOON), "the first claim");
    List<Object> results =
        ConcurrentCalls.run(4, i -> () -> targets.claim(id, NOON, NOON.plusSeconds(10)));
    assertEquals(1, Collections.frequency(results, true), results::toString);
    assertFalse(targets.claim(id, NOON.plusSeconds(9), NOON.plusSeconds(20)), "claimed");
    TargetState cosigned =
        TargetState.initial(id).accepted(7, "note \u2014 1\n", NOON.plusSeconds(15));
    targets.save(cosigned);
    assertEquals(Map.of(id, cosigned), targets.states());
    TargetState failed = cosigned.failed("x".repeat(600), true, NOON.plusMillis(16_001));
    targets.save(failed);
    assertEquals(Map.of(id, failed), targets.boundedStates());
    assertTrue(targets.claim(id, NOON.plusSeconds(17), NOON.plusSeconds(20)), "after its time");
    TargetState unknown = TargetState.initial("0".repeat(64));
    assertThrows(IllegalStateException.class, () -> targets.save(unknown));
  }
}
