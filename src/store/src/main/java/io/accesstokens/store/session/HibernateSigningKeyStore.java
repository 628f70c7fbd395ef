package io.accesstokens.store.session;

import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.entity.SigningKeyEntity;
import io.accesstokens.store.jdbc.Database;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/**
 * Stores signing keys in a relational database. On H2, signing keys and tokens must be in the same
 * database.
 */
public final class HibernateSigningKeyStore implements SigningKeyStore {

  private static final String GENERATION_CONSTRAINT = "access_token_signing_keys_generation_uq";

  private final Database database;

  public HibernateSigningKeyStore(Database database) {
    this.database = database;
  }

  @Override
  public List<SealedKey> all() {
    return database.read(
        session ->
            session
                .createSelectionQuery(
                    "from SigningKeyEntity k order by k.generation", SigningKeyEntity.class)
                .getResultStream()
                .map(SigningKeyEntity::key)
                .toList());
  }

  @Override
  public boolean add(SealedKey key) {
    return unlessTaken(session -> session.insert(new SigningKeyEntity(key)));
  }

  @Override
  public boolean replaceAll(SealedKey key) {
    return unlessTaken(
        session -> {
          // The insert comes before the deletion. Of two concurrent calls, one fails at the insert
          // and deletes no key.
          Object id = session.insert(new SigningKeyEntity(key));
          session
              .createMutationQuery(
                  "delete from SigningKeyEntity k where k.generation < :generation")
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
      String constraint = e.getConstraintName();
      if (constraint != null && constraint.contains(GENERATION_CONSTRAINT)) {
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
                    .createMutationQuery("delete from SigningKeyEntity k where k.id in (:ids)")
                    // All replicas use the order of ids, so no deadlock can occur.
                    .setParameterList("ids", ids.stream().sorted().toList())
                    .executeUpdate());
  }
}
