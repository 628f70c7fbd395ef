package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.AccessTokenEntity;
import io.accesstokens.store.listing.InList;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.verify.TokenDigest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.StatelessSession;

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

  /** Reads the digests of tokens. Unknown ids are ignored. */
  static StoredDigests read(StatelessSession session, TokenTable<?> table, Set<UUID> ids) {
    StoredDigests digests = new StoredDigests();
    if (ids.isEmpty()) {
      return digests;
    }
    InList<String> values = InList.of(ids.stream().map(UUID::toString).toList());
    String sql =
        "select t.id, t.token_hash, t.secret_number from "
            + table.name()
            + " t where t.id in "
            + values.marks();
    List<String> rotated = new ArrayList<>();
    for (Object[] row :
        values.bind(session.createNativeQuery(sql, Object[].class)).getResultList()) {
      digests.addCurrent(TokenDigest.of((byte[]) row[1]));
      if (((Number) row[2]).intValue() > 1) {
        rotated.add((String) row[0]);
      }
    }
    SecretTable.digests(session, rotated).values().forEach(digests::addOthers);
    return digests;
  }

  /** Reads the digests of a token whose row is locked. */
  static StoredDigests read(StatelessSession session, AccessTokenEntity<?> row) {
    StoredDigests digests = new StoredDigests();
    digests.addCurrent(row.digest());
    if (row.isRotated()) {
      SecretTable.digests(session, List.of(row.id())).values().forEach(digests::addOthers);
    }
    return digests;
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
