package io.accesstokens.signing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemorySigningKeyStore;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.token.StoreUnavailableException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SigningKeysTest {

  private static final Duration AGE = Duration.ofDays(90);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final SecureRandom random = new SecureRandom();
  private final KeySeal seal = KeySeal.random(random);
  private final FailingStore store = new FailingStore();
  private final ManualClock clock = new ManualClock();

  private SigningKeys replica() {
    return SigningKeys.open(store, seal, AGE, clock, random);
  }

  private static List<String> published(SigningKeys keys) {
    return keys.published().stream().map(SigningKey::id).toList();
  }

  @Test
  void firstKeyIsCreatedOnceAndSignsImmediately() {
    SigningKeys one = replica();
    SigningKeys other = replica();
    assertEquals(1, store.all().size());
    assertEquals(one.current().id(), other.current().id());
    assertEquals(one.current().privateKey(), other.current().privateKey());
    assertEquals(List.of(one.current().id()), published(one));
  }

  @Test
  void successorIsPublishedBeforeItSigns() {
    SigningKeys keys = replica();
    String first = keys.current().id();
    clock.shift(AGE.minus(SigningKeys.LEAD).minus(MOMENT));
    keys.maintain();
    assertEquals(List.of(first), published(keys));

    clock.shift(MOMENT);
    keys.maintain();
    keys.maintain();
    assertEquals(2, published(keys).size());
    assertEquals(first, keys.current().id());
    clock.shift(SigningKeys.LEAD.minus(MOMENT));
    assertEquals(first, keys.current().id());
    clock.shift(MOMENT);
    assertNotEquals(first, keys.current().id());
  }

  @Test
  void formerKeyIsPublishedUntilItsSignaturesExpire() {
    SigningKeys keys = replica();
    String first = keys.current().id();
    String second = keys.rotate(SigningKeys.LEAD);
    clock.shift(SigningKeys.LEAD);
    assertEquals(second, keys.current().id());
    clock.shift(SigningKeys.OVERLAP.minus(MOMENT));
    keys.maintain();
    assertEquals(List.of(first, second), published(keys));
    assertEquals(Optional.of(first), keys.find(first).map(SigningKey::id));

    clock.shift(MOMENT);
    assertEquals(List.of(second), published(keys));
    assertEquals(Optional.empty(), keys.find(first));
    keys.maintain();
    assertEquals(List.of(second), store.all().stream().map(SealedKey::id).toList());
    assertTrue(
        SigningKeys.OVERLAP.compareTo(SigningKeys.MAX_SIGNED_LENGTH) > 0,
        "an overlap of "
            + SigningKeys.OVERLAP
            + " does not exceed "
            + SigningKeys.MAX_SIGNED_LENGTH);
  }

  @Test
  void keyOfAFastClockDoesNotStopTheRotation() {
    SigningKeys keys = replica();
    String first = keys.current().id();
    clock.shift(AGE.multipliedBy(4));
    keys.maintain();
    String future = published(keys).get(1);
    clock.shift(AGE.multipliedBy(4).negated());
    clock.shift(AGE.minus(SigningKeys.LEAD));
    keys.maintain();
    keys.maintain();
    List<String> ids = published(keys);
    assertEquals(List.of(first, future), ids.subList(0, 2));
    assertEquals(3, ids.size(), ids::toString);
    assertEquals(first, keys.current().id(), "successor must be published before it signs");
    clock.shift(SigningKeys.LEAD);
    assertEquals(ids.get(2), keys.current().id());
    clock.shift(SigningKeys.OVERLAP);
    keys.maintain();
    assertEquals(List.of(ids.get(2)), published(keys));
    assertEquals(1, store.all().size());
  }

  @Test
  void firstKeyOfAVeryFastClockIsReplaced() {
    clock.shift(AGE.plus(Duration.ofDays(1)));
    String future = replica().current().id();
    clock.shift(AGE.plus(Duration.ofDays(1)).negated());
    SigningKeys keys = replica();
    keys.maintain();
    assertEquals(future, keys.current().id());
    assertEquals(2, published(keys).size());
    clock.shift(SigningKeys.LEAD);
    assertNotEquals(future, keys.current().id());
  }

  @Test
  void replicaWithASlowClockAddsNoKey() {
    SigningKeys keys = replica();
    clock.shift(AGE.minus(SigningKeys.LEAD));
    keys.maintain();
    for (Duration slow : List.of(Duration.ofSeconds(1), SigningKeys.LEAD, Duration.ofHours(12))) {
      clock.shift(slow.negated());
      replica();
      assertEquals(2, store.all().size(), "replica is slow by " + slow);
      clock.shift(slow);
    }
    clock.shift(SigningKeys.LEAD.plus(SigningKeys.OVERLAP));
    keys.maintain();
    assertEquals(1, store.all().size(), "former key was not deleted");
    clock.shift(Duration.ofHours(12).negated());
    replica();
    assertEquals(1, store.all().size());
  }

  @Test
  void supersededKeyNeverSigns() {
    SigningKeys keys = replica();
    String superseded = keys.rotate(SigningKeys.LEAD);
    String last = keys.rotate(Duration.ZERO);
    assertEquals(last, keys.current().id());
    clock.shift(SigningKeys.LEAD);
    assertEquals(last, keys.current().id());
    assertTrue(published(keys).contains(superseded), () -> "published: " + published(keys));
  }

  @Test
  void otherReplicasFindNewKeysByLookupAndMaintenance() {
    SigningKeys one = replica();
    SigningKeys other = replica();
    String second = one.rotate(Duration.ZERO);
    assertNotEquals(second, other.current().id());
    assertEquals(Optional.empty(), other.find(second));
    clock.shift(Duration.ofSeconds(2));
    assertEquals(second, other.find(second).orElseThrow().id());
    String third = one.rotate(Duration.ZERO);
    other.maintain();
    assertEquals(third, other.current().id());
  }

  @Test
  void unknownKeysCauseOneRead() {
    SigningKeys keys = replica();
    clock.shift(Duration.ofSeconds(10));
    int before = store.reads;
    for (int i = 0; i < 100; i++) {
      assertEquals(Optional.empty(), keys.find("unknown" + i));
    }
    assertEquals(before + 1, store.reads);
  }

  @Test
  void outageFailsOnlyLookupsOfUnknownKeys() {
    SigningKeys keys = replica();
    store.down = true;
    clock.shift(Duration.ofSeconds(10));
    String current = keys.current().id();
    assertEquals(Optional.of(current), keys.find(current).map(SigningKey::id));
    assertThrows(StoreUnavailableException.class, () -> keys.find("unknown"));
    assertThrows(StoreUnavailableException.class, () -> keys.find("unknown"));
    assertThrows(StoreUnavailableException.class, keys::maintain);
    store.down = false;
    clock.shift(Duration.ofSeconds(10));
    assertEquals(Optional.empty(), keys.find("unknown"));
  }

  /** Callers that wait for a slow read must not repeat it, one after the other. */
  @Test
  void slowReadIsNotRepeated() {
    SigningKeys keys = replica();
    clock.shift(Duration.ofSeconds(10));
    store.down = true;
    store.beforeRead = () -> clock.shift(Duration.ofSeconds(3));
    int before = store.reads;
    assertThrows(StoreUnavailableException.class, () -> keys.find("unknown"));
    assertThrows(StoreUnavailableException.class, () -> keys.find("unknown"));
    assertEquals(before + 1, store.reads);
  }

  @Test
  void withdrawnKeysAreNotFound() {
    SigningKeys keys = replica();
    keys.rotate(SigningKeys.LEAD);
    Set<String> former = Set.copyOf(published(keys));
    SigningKeys.withdrawAll(store, seal, clock, random);
    keys.maintain();
    assertEquals(1, published(keys).size());
    assertEquals(List.of(), former.stream().filter(id -> keys.find(id).isPresent()).toList());
    assertEquals(published(keys).get(0), keys.current().id());
  }

  @Test
  void alteredRowIsIgnoredByMaintenanceAndRejectedAtStart() {
    SigningKeys keys = replica();
    String first = keys.current().id();
    keys.rotate(Duration.ZERO);
    SealedKey row = store.all().get(1);
    store.delete(Set.of(row.id()));
    store.add(
        new SealedKey(
            row.id(),
            row.generation(),
            row.publicKey(),
            row.sealedPrivateKey(),
            row.createdAt(),
            row.signsFrom().minusSeconds(1)));
    keys.maintain();
    assertEquals(first, keys.current().id());
    assertThrows(UnreadableKeyException.class, this::replica);
  }

  /** A database that does not respond must not block all requests with unknown key ids. */
  @Test
  void unknownKeyWaitsBrieflyForAReadOfAnotherThread() throws Exception {
    SigningKeys keys = replica();
    clock.shift(Duration.ofSeconds(2));
    duringARead(
        keys, () -> assertThrows(StoreUnavailableException.class, () -> keys.find("unknown")));
    assertEquals(Optional.empty(), keys.find("unknown"));
  }

  @Test
  void unknownKeyDoesNotWaitJustAfterARead() throws Exception {
    SigningKeys keys = replica();
    duringARead(keys, () -> assertEquals(Optional.empty(), keys.find("unknown")));
  }

  /** Runs an action while another thread waits for the response to a read of the store. */
  private void duringARead(SigningKeys keys, Executable action) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    store.beforeRead =
        () -> {
          begun.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    FutureTask<?> maintenance = new FutureTask<>(keys::maintain, null);
    new Thread(maintenance).start();
    try {
      begun.await();
      assertTimeoutPreemptively(Duration.ofMinutes(1), action);
    } finally {
      end.countDown();
    }
    maintenance.get();
  }

  /** Counts reads, and can simulate an outage or slow reads. */
  private static final class FailingStore implements SigningKeyStore {

    private final InMemorySigningKeyStore store = new InMemorySigningKeyStore();
    private int reads;
    private boolean down;
    private Runnable beforeRead = () -> {};

    private InMemorySigningKeyStore store() {
      if (down) {
        throw new StoreUnavailableException("down", new RuntimeException());
      }
      return store;
    }

    @Override
    public List<SealedKey> all() {
      reads++;
      beforeRead.run();
      return store().all();
    }

    @Override
    public boolean add(SealedKey key) {
      return store().add(key);
    }

    @Override
    public boolean replaceAll(SealedKey key) {
      return store().replaceAll(key);
    }

    @Override
    public void delete(Set<String> ids) {
      store().delete(ids);
    }
  }
}
