package io.accesstokens.token.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.ManualClock;
import io.accesstokens.token.Actor;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.UseLimits;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that uses are counted in memory and written in batches, each use exactly once. */
class UsageRecorderTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final EntityRef PLATFORM = new EntityRef("group", "default", "platform");

  private final ManualClock clock = new ManualClock(NOON);
  private final SummingTokenStore store = new SummingTokenStore();
  private final UsageRecorder uses = new UsageRecorder(store, clock);

  @Test
  void unwrittenUsesHaveANumberAndAnAge() {
    assertEquals(0, uses.unwrittenTokens());
    uses.recordUse(UUID.randomUUID());
    uses.recordUse(UUID.randomUUID());
    clock.shift(Duration.ofSeconds(3));
    assertEquals(2, uses.unwrittenTokens());
    assertEquals(Duration.ofSeconds(3), uses.unwrittenFor());
    store.before =
        batch -> {
          throw new StoreUnavailableException("down", null);
        };
    assertThrows(StoreUnavailableException.class, uses::flush);
    clock.shift(Duration.ofSeconds(1));
    assertEquals(2, uses.unwrittenTokens(), "after a failed write");
    assertEquals(Duration.ofSeconds(4), uses.unwrittenFor());
    store.before = batch -> {};
    uses.flush();
    assertEquals(0, uses.unwrittenTokens());
    assertEquals(Duration.ZERO, uses.unwrittenFor());
  }

  private static SecretId unknownSecret(UUID id) {
    return new SecretId(id, SecretId.UNKNOWN);
  }

  private void accept(UUID id, @Nullable String address) {
    uses.accepted(
        new Verification.Accepted(id, "s", PLATFORM, List.of(), NOON), ClientInfo.at(address));
  }

  private void refuse(@Nullable UUID id, Verification.Reason reason, @Nullable String address) {
    uses.refused(new Verification.Refused(reason, Optional.ofNullable(id)), ClientInfo.at(address));
  }

  private static StoreUnavailableException outage() {
    return new StoreUnavailableException("unreachable", new java.io.IOException());
  }

  @Test
  void lastUseOfEachKindIsKeptWithItsAddress() {
    UUID id = UUID.randomUUID();
    accept(id, "192.0.2.1");
    clock.set(NOON.plusMillis(2));
    accept(id, "192.0.2.2");
    clock.set(NOON.plusMillis(1)); // a clock that is set back does not move times back
    accept(id, "192.0.2.3");
    refuse(id, Verification.Reason.EXPIRED, "192.0.2.4");
    clock.set(NOON.plusMillis(5));
    refuse(id, Verification.Reason.REVOKED, null);
    assertEquals(TokenUsage.NONE, store.usage(id), "nothing is written by a request");
    uses.flush();
    assertEquals(
        TokenUsage.of(
            new UsageCount(3, NOON.plusMillis(2), "192.0.2.2"), 1, 1, NOON.plusMillis(5), null),
        store.usage(id));
  }

  @Test
  void usesOfUnknownTokensAreNotCounted() {
    refuse(null, Verification.Reason.UNKNOWN, "192.0.2.1");
    refuse(null, Verification.Reason.MALFORMED, "192.0.2.1");
    uses.flush();
    assertEquals(List.of(), store.batches);
  }

  @Test
  void refusalForAnotherReasonWritesNothing() {
    refuse(UUID.randomUUID(), Verification.Reason.OWNER_GONE, "192.0.2.1");
    uses.flush();
    assertEquals(List.of(), store.batches);
  }

  @Test
  void eachUseIsWrittenOnce() {
    UUID id = UUID.randomUUID();
    uses.recordUse(id);
    uses.flush();
    uses.flush();
    assertEquals(1, store.usage(id).accepted().count());
    assertNull(store.usage(id).accepted().lastAddress());
    assertEquals(List.of(1), store.batches);
  }

  /** All uses in a batch are of one day, so a store can take the day from the last use. */
  @Test
  void usesOfTwoDaysAreWrittenInSeparateBatchesInOrder() {
    UUID id = UUID.randomUUID();
    List<TokenUsage> written = new ArrayList<>();
    store.before =
        batch -> {
          throw outage();
        };
    clock.set(Instant.parse("2026-03-01T23:59:59.999Z"));
    accept(id, null);
    accept(id, null);
    clock.set(Instant.parse("2026-03-02T00:00:00Z"));
    accept(id, null);
    refuse(id, Verification.Reason.REVOKED, null);
    assertThrows(StoreUnavailableException.class, uses::flush);
    store.before = batch -> written.addAll(batch.values());
    uses.flush();
    assertEquals(2, written.size());
    assertEquals(2, written.get(0).accepted().count());
    assertEquals(Instant.parse("2026-03-01T23:59:59.999Z"), written.get(0).accepted().lastAt());
    assertEquals(0, written.get(0).refused().count());
    assertEquals(1, written.get(1).accepted().count());
    assertEquals(1, written.get(1).refused().count());
    assertEquals(clock.instant(), written.get(1).refused().lastAt());
  }

  private Verification.Accepted accepted(SecretId secret) {
    return new Verification.Accepted(
        secret.tokenId(),
        "service-token:group:default/team:job",
        new EntityRef(EntityRef.GROUP, "default", "team"),
        List.of(),
        null,
        clock.instant().plusSeconds(60),
        UseLimits.NONE,
        new PresentedSecret(secret, false, false));
  }

  /** A use before a rotation never counts for the new secret, even if it is written later. */
  @Test
  void usesAreCountedBySecret() {
    UUID id = UUID.randomUUID();
    SecretId former = new SecretId(id, 1);
    SecretId current = new SecretId(id, 2);
    uses.accepted(accepted(former), ClientInfo.at("192.0.2.1"));
    store.before =
        batch -> {
          throw outage();
        };
    assertThrows(StoreUnavailableException.class, uses::flush);
    store.before = batch -> {};
    uses.accepted(accepted(former), ClientInfo.at("192.0.2.1"));
    uses.accepted(accepted(current), ClientInfo.at("192.0.2.2"));
    uses.refused(
        new Verification.Refused(Verification.Reason.ENDED_SECRET, Optional.of(id), 1),
        ClientInfo.at("192.0.2.3"));
    uses.refused(
        new Verification.Refused(Verification.Reason.EXPIRED, Optional.of(id)),
        ClientInfo.at("192.0.2.4"));
    uses.flush();
    TokenUsage ofFormer = store.usage(former);
    assertEquals(2, ofFormer.accepted().count());
    assertEquals(1, ofFormer.endedSecret());
    assertEquals("192.0.2.3", ofFormer.refused().lastAddress());
    TokenUsage ofCurrent = store.usage(current);
    assertEquals(1, ofCurrent.accepted().count());
    assertEquals(0, ofCurrent.refused().count());
    assertEquals(1, store.usage(unknownSecret(id)).expired());
    TokenUsage all = store.usage(id);
    assertEquals(3, all.accepted().count());
    assertEquals(2, all.refused().count());
  }

  @Test
  void eventsOfTheStoreAreLoggedAfterTheWrite() {
    List<AuditEvent> logged = new ArrayList<>();
    AuditListener log =
        new AuditListener() {
          @Override
          public void recorded(AuditEvent event, Actor actor) {}

          @Override
          public void recordedBySystem(AuditEvent event) {
            logged.add(event);
            throw new IllegalStateException("of the test");
          }

          @Override
          public void denied(Actor actor, String permission, String rule) {}
        };
    UsageRecorder recorder = new UsageRecorder(store, log, Clock.systemUTC());
    AuditEvent event =
        new AuditEvent(
            UUID.randomUUID(),
            UUID.randomUUID(),
            AuditEvent.Type.ENDED_SECRET_USED,
            "service-token:group:default/team:job",
            Map.of(),
            clock.instant());
    store.reported.add(event);
    store.before =
        batch -> {
          throw outage();
        };
    recorder.recordUse(event.tokenId());
    assertThrows(StoreUnavailableException.class, recorder::flush);
    assertEquals(List.of(), logged, "after a failed write");
    store.before = batch -> {};
    recorder.flush();
    assertEquals(List.of(event), logged);
  }

  @Test
  void addressThatADatabaseCannotStoreIsOmitted() {
    for (String address : List.of("", "a b", "a\u0000", "k\u00fcche", "\ud83d")) {
      UUID id = UUID.randomUUID();
      accept(id, address);
      refuse(id, Verification.Reason.REVOKED, address);
      uses.flush();
      assertNull(store.usage(id).accepted().lastAddress());
      assertNull(store.usage(id).refused().lastAddress());
    }
  }

  @Test
  void longAddressIsTruncated() {
    UUID id = UUID.randomUUID();
    accept(id, "x".repeat(5000));
    uses.flush();
    assertEquals(
        "x".repeat(UsageCount.MAX_ADDRESS_LENGTH), store.usage(id).accepted().lastAddress());
  }

  @Test
  void batchesAreBoundedAndWrittenOnceAfterAnOutage() {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      ids.add(UUID.randomUUID());
      uses.recordUse(ids.get(i));
    }
    store.before =
        batch -> {
          if (store.batches.size() == 1) {
            throw outage();
          }
        };
    assertThrows(StoreUnavailableException.class, uses::flush);
    assertEquals(List.of(100), store.batches);
    store.before = batch -> {};
    ids.forEach(uses::recordUse);
    uses.flush();
    assertEquals(List.of(100, 100, 100, 50), store.batches);
    ids.forEach(id -> assertEquals(2, store.usage(id).accepted().count()));
  }

  @Test
  void failedBatchDoesNotBlockOthers() {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      ids.add(UUID.randomUUID());
      uses.recordUse(ids.get(i));
    }
    UUID bad = ids.get(0);
    store.before =
        batch -> {
          if (batch.containsKey(unknownSecret(bad))) {
            throw new IllegalArgumentException("no such column");
          }
        };
    assertThrows(IllegalArgumentException.class, uses::flush);
    long written = ids.stream().filter(id -> store.usage(id).accepted().count() == 1).count();
    assertTrue(written == 50 || written == 100, "uses written: " + written);
    store.before = batch -> {};
    uses.flush();
    ids.forEach(id -> assertEquals(1, store.usage(id).accepted().count()));
  }

  @Test
  void failureBeforeAnOutageIsReported() {
    uses.recordUse(UUID.randomUUID());
    clock.set(NOON.plus(1, ChronoUnit.DAYS));
    uses.recordUse(UUID.randomUUID());
    AtomicInteger batches = new AtomicInteger();
    store.before =
        batch -> {
          if (batches.incrementAndGet() == 1) {
            throw new IllegalArgumentException("no such column");
          }
          throw outage();
        };
    assertThrows(IllegalArgumentException.class, uses::flush);
    assertEquals(2, batches.get());
  }

  @Test
  void memoryIsBoundedDuringAnOutage() {
    store.before =
        batch -> {
          throw outage();
        };
    UUID first = UUID.randomUUID();
    uses.recordUse(first);
    for (int i = 1; i < UsageRecorder.MAX_SECRETS / 2; i++) {
      uses.recordUse(new UUID(1, i));
    }
    assertThrows(StoreUnavailableException.class, uses::flush);
    for (int i = 0; i < UsageRecorder.MAX_SECRETS; i++) {
      uses.recordUse(new UUID(2, i));
    }
    assertThrows(StoreUnavailableException.class, uses::flush);
    uses.recordUse(first);
    assertThrows(StoreUnavailableException.class, uses::flush);
    store.before = batch -> {};
    uses.flush();
    assertEquals(UsageRecorder.MAX_SECRETS, store.sums.size());
    uses.recordUse(first);
    uses.flush();
    // While the recorder was full, it could not record the uses of this token by secret.
    assertEquals(2, store.usage(first).accepted().count());
  }

  @Test
  @Timeout(120)
  void concurrentUsesAreAllCountedDespiteOutages() throws Exception {
    List<UUID> ids = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    store.before =
        batch -> {
          if (ThreadLocalRandom.current().nextInt(3) == 0) {
            throw outage();
          }
        };
    AtomicBoolean over = new AtomicBoolean();
    // Without these permits, the workers would take almost all of the processor time from the
    // writes.
    Semaphore permits = new Semaphore(0);
    LongAdder accepted = new LongAdder();
    LongAdder refused = new LongAdder();
    List<Thread> workers = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int first = t;
      Thread worker =
          new Thread(
              () -> {
                for (int i = 0; !over.get(); i++) {
                  if (i % 100 == 0) {
                    permits.acquireUninterruptibly();
                  }
                  UUID id = ids.get((first + i) % 3);
                  switch (i % 4) {
                    case 0 -> refuse(id, Verification.Reason.REVOKED, "192.0.2.1");
                    case 1 -> refuse(id, Verification.Reason.EXPIRED, "192.0.2.1");
                    default -> accept(id, "192.0.2.1");
                  }
                  (i % 4 < 2 ? refused : accepted).increment();
                }
              });
      worker.start();
      workers.add(worker);
    }
    while (store.batches.size() < 200) {
      permits.release(workers.size());
      try {
        uses.flush();
      } catch (StoreUnavailableException e) {
        // The next flush writes the uses.
      }
    }
    over.set(true);
    permits.release(workers.size());
    for (Thread worker : workers) {
      worker.join();
    }
    store.before = batch -> {};
    uses.flush();
    TokenUsage all = TokenUsage.NONE;
    for (UUID id : ids) {
      all = all.plus(store.usage(id));
    }
    assertEquals(accepted.sum(), all.accepted().count());
    assertEquals(refused.sum(), all.refused().count());
    assertTrue(all.revoked() > 0 && all.expired() > 0, "counted: " + all);
  }
}
