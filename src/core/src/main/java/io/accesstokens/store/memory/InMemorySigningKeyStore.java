package io.accesstokens.store.memory;

import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Stores signing keys in memory. Thread-safe. */
public final class InMemorySigningKeyStore implements SigningKeyStore {

  /** The keys, by generation. Guarded by the lock of this object. */
  private final TreeMap<Long, SealedKey> keys = new TreeMap<>();

  public InMemorySigningKeyStore() {}

  @Override
  public synchronized List<SealedKey> all() {
    return List.copyOf(keys.values());
  }

  @Override
  public synchronized boolean add(SealedKey key) {
    return keys.putIfAbsent(key.generation(), key) == null;
  }

  @Override
  public synchronized boolean replaceAll(SealedKey key) {
    boolean added = add(key);
    if (added) {
      keys.headMap(key.generation()).clear();
    }
    return added;
  }

  @Override
  public synchronized void delete(Set<String> ids) {
    keys.values().removeIf(key -> ids.contains(key.id()));
  }
}
