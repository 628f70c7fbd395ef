package io.accesstokens.signing;

import io.accesstokens.token.StoreUnavailableException;
import java.util.List;
import java.util.Set;

/**
 * Stores signing keys with encrypted private keys. Implementations must be thread-safe, and several
 * processes may share the stored data. Every method throws {@link StoreUnavailableException} if the
 * store cannot be reached, or if the outcome of a change is unknown.
 */
public interface SigningKeyStore {

  /** Returns all keys, ordered by generation. */
  List<SealedKey> all();

  /**
   * Adds a key.
   *
   * @return true if the key was added; false if a key of the same generation exists
   */
  boolean add(SealedKey key);

  /**
   * Adds a key and deletes all keys of earlier generations, in one transaction.
   *
   * @return true if the key was added; false if a key of the same generation exists, and then no
   *     key was deleted
   */
  boolean replaceAll(SealedKey key);

  /** Deletes the keys with these ids. Ignores ids that do not exist. */
  void delete(Set<String> ids);
}
