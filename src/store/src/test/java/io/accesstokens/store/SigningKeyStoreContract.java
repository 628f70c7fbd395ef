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
  void givesBackWhatItWasGivenInTheOrderOfGenerations() {
    SealedKey later = key("A".repeat(43), 10);
    SealedKey first = key("a", 9);
    assertTrue(store.add(later));
    assertTrue(store.add(first));
    assertEquals(List.of(first, later), store.all());
  }

  @Test
  void idsDifferByCase() {
    assertTrue(store.add(key("a", 1)));
    assertTrue(store.add(key("A", 2)));
    store.delete(Set.of("a"));
    assertEquals(List.of(key("A", 2)), store.all());
  }

  @Test
  void thereIsOneOfAGeneration() {
    assertTrue(store.add(key("a", 1)));
    assertFalse(store.add(key("b", 1)));
    assertFalse(store.replaceAll(key("b", 1)));
    assertEquals(List.of(key("a", 1)), store.all());
  }

  @Test
  void ofParallelOnesExactlyOneIsAdded() throws Exception {
    List<Object> added = Together.run(8, i -> () -> store.add(key("k" + i, 1)));
    assertEquals(1, Collections.frequency(added, true), added::toString);
    assertEquals(7, Collections.frequency(added, false), added::toString);
    assertEquals(1, store.all().size());
  }

  @Test
  void ofParallelReplacementsExactlyOneIsLeft() throws Exception {
    store.add(key("a", 1));
    List<Object> done = Together.run(4, i -> () -> store.replaceAll(key("k" + i, 2)));
    assertEquals(1, Collections.frequency(done, true), done::toString);
    assertEquals(1, store.all().size());
    assertEquals(2, store.all().get(0).generation());
  }

  @Test
  void takesAway() {
    store.add(key("a", 1));
    store.add(key("b", 2));
    store.delete(Set.of("a", "unknown"));
    store.delete(Set.of());
    assertEquals(List.of(key("b", 2)), store.all());
  }
}
