package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.SecretTable;
import io.accesstokens.verify.TokenDigest;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The digests of the secrets of some tokens. Not thread-safe.
 *
 * @param valid the digests of the current and the previous secrets. A change of the tokens writes
 *     feed entries for these digests.
 * @param all the digests in {@code valid}, and the digests of the secrets that ended recently
 */
record StoredDigests(Set<TokenDigest> valid, Set<TokenDigest> all) {

  /** Creates an empty instance. */
  StoredDigests() {
    this(new LinkedHashSet<>(), new LinkedHashSet<>());
  }

  void addCurrent(TokenDigest digest) {
    valid.add(digest);
    all.add(digest);
  }

  void addOthers(SecretTable.OtherDigests others) {
    valid.addAll(others.previous());
    all.addAll(others.previous());
    all.addAll(others.ended());
  }
}
