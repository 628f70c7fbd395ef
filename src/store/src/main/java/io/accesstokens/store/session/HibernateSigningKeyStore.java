package io.accesstokens.store.session;

import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.entity.KeyColumns;
import io.accesstokens.store.entity.LogKeyEntity;
import io.accesstokens.store.entity.SigningKeyEntity;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseFailures;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/**
 * Stores the keys of one purpose in a relational database. On H2, all stores of a database must use
 * the same {@link Database} object, because its lock serializes the writing transactions.
 */
public final class HibernateSigningKeyStore implements SigningKeyStore {

  /** The end of the name of the constraint that makes generations unique. */
  private static final String GENERATION_CONSTRAINT = "_keys_generation_uq";

  private final Database database;
  private final Class<? extends KeyColumns> rows;
  private final Function<SealedKey, KeyColumns> newRow;

  private HibernateSigningKeyStore(
      Database database, Class<? extends KeyColumns> rows, Function<SealedKey, KeyColumns> newRow) {
    this.database = database;
    this.rows = rows;
    this.newRow = newRow;
  }

  /** Returns the store of the keys that sign short-lived tokens. */
  public static SigningKeyStore ofTokens(Database database) {
    return new HibernateSigningKeyStore(database, SigningKeyEntity.class, SigningKeyEntity::new);
  }

  /** Returns the store of the keys that sign checkpoints of the transparency log. */
  public static SigningKeyStore ofLog(Database database) {
    return new HibernateSigningKeyStore(database, LogKeyEntity.class, LogKeyEntity::new);
  }

  @Override
  public List<SealedKey> all() {
    return database.read(
        session ->
            session
                .createSelectionQuery(
                    "from " + rows.getSimpleName() + " k order by k.generation", rows)
                .getResultStream()
                .map(KeyColumns::key)
                .toList());
  }

  @Override
  public boolean add(SealedKey key) {
    return unlessTaken(session -> session.insert(newRow.apply(key)));
  }

  @Override
  public boolean replaceAll(SealedKey key) {
    return unlessTaken(
        session -> {
          // The insert comes before the deletion. Of two concurrent calls, one fails at the insert
          // and deletes no key.
          Object id = session.insert(newRow.apply(key));
          session
              .createMutationQuery(
                  "delete from " + rows.getSimpleName() + " k where k.generation < :generation")
              .setParameter("generation", key.generation())
              .executeUpdate();
          return id;
        });
  }

  private boolean unlessTaken(Function<StatelessSession, Object> change) {
    try {
      var unused = database.write(change);
      return true;
    } catch (ConstraintViolationException e) {
      if (DatabaseFailures.violates(e, GENERATION_CONSTRAINT)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void delete(Set<String> ids) {
    if (ids.isEmpty()) {
      return;
    }
    var unused =
        database.write(
            session ->
                session
                    .createMutationQuery(
                        "delete from " + rows.getSimpleName() + " k where k.id in (:ids)")
                    // All replicas use the order of ids, so deadlocks are rare.
                    .setParameterList("ids", ids.stream().sorted().toList())
                    .executeUpdate());
  }
}
