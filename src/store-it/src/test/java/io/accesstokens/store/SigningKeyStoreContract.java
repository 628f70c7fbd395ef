package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every store of signing keys. */
public abstract class SigningKeyStoreContract {

  private SigningKeyStore store;

  /** Returns a store without keys. */
  protected abstract SigningKeyStore emptyKeys() throws Exception;

  @BeforeEach
  void begin() throws Exception {
    store = emptyKeys();
  }

  private static SealedKey key(String id, long generation) {
    return new SealedKey(
        id, generation, "p" + id, "s".repeat(400), NOON, NOON.plusMillis(generation));
  }

  @Test
  void keysAreReturnedInOrderOfGeneration() {
    SealedKey later = key("A".repeat(43), 10);
    SealedKey first = key("a", 9);
    assertTrue(store.add(later), "first key is added");
    assertTrue(store.add(first), "key of an earlier generation is added");
    assertEquals(List.of(first, later), store.all());
  }

  @Test
  void idsDifferByCase() {
    assertTrue(store.add(key("a", 1)), "first key is added");
    assertTrue(store.add(key("A", 2)), "key whose id differs by case is added");
    store.delete(Set.of("a"));
    assertEquals(List.of(key("A", 2)), store.all());
  }

  @Test
  void generationsAreUnique() {
    assertTrue(store.add(key("a", 1)), "first key is added");
    assertFalse(store.add(key("b", 1)), "second key of a generation is not added");
    assertFalse(store.replaceAll(key("b", 1)), "key of the same generation replaces none");
    assertEquals(List.of(key("a", 1)), store.all());
  }

  @Test
  void onlyOneParallelAdditionSucceeds() throws Exception {
    List<Object> added = ConcurrentCalls.run(8, i -> () -> store.add(key("k" + i, 1)));
    assertEquals(1, Collections.frequency(added, true), added::toString);
    assertEquals(7, Collections.frequency(added, false), added::toString);
    assertEquals(1, store.all().size());
  }

  @Test
  void onlyOneParallelReplacementSucceeds() throws Exception {
    store.add(key("a", 1));
    List<Object> done = ConcurrentCalls.run(4, i -> () -> store.replaceAll(key("k" + i, 2)));
    assertEquals(1, Collections.frequency(done, true), done::toString);
    assertEquals(1, store.all().size());
    assertEquals(2, store.all().get(0).generation());
  }

  @Test
  void deletedKeysAreRemoved() {
    store.add(key("a", 1));
    store.add(key("b", 2));
    store.delete(Set.of("a", "unknown"));
    store.delete(Set.of());
    assertEquals(List.of(key("b", 2)), store.all());
  }
}
