package io.accesstokens.signing;

import io.accesstokens.token.StoreUnavailableException;
import java.util.List;
import java.util.Set;

/**
 * Keeps signing keys as they are given to it. Safe for use by many threads and processes. Every
 * method throws {@link StoreUnavailableException} if the store is out of reach, or does not say
 * what became of a change.
 */
public interface SigningKeyStore {

  /** All keys, in the order of their generations. */
  List<SealedKey> all();

  /**
   * Adds a key.
   *
   * @return false if there is one of that generation: nothing was changed then
   */
  boolean add(SealedKey key);

  /**
   * Adds a key, and takes all those of earlier generations away, or does neither.
   *
   * @return false if there is one of that generation: nothing was changed then
   */
  boolean replaceAll(SealedKey key);

  /** Takes keys away, as far as they are there. */
  void delete(Set<String> ids);
}
