package io.accesstokens.store.session;

import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.OwnerLock;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * The rows of a table that belong to users. A user has a maximum number of rows.
 *
 * @param table the name of the table
 * @param entity the name of the entity
 * @param order the order of a user's rows, in SQL; the last rows are deleted first
 * @param maxPerUser the maximum number of rows of a user
 */
record UserRows(Database database, String table, String entity, String order, int maxPerUser) {

  private static final int BATCH = 500;

  /** Adds a row. Deletes the rows with which the user would exceed the maximum. */
  void add(EntityRef user, Object row) {
    OwnerLock.run(database, user, () -> tryAdd(user, row));
  }

  /**
   * Adds a row, if the row of the user can be locked.
   *
   * @return true if the row was added; false if the user has no row to lock yet
   */
  private boolean tryAdd(EntityRef user, Object row) {
    return database.write(
        session -> {
          if (!OwnerLock.take(session, user)) {
            return false;
          }
          delete(session, surplus(session, user));
          session.insert(row);
          return true;
        });
  }

  /**
   * Returns the ids of a user's rows that must be deleted before a new row is added, at most
   * {@value #BATCH}.
   *
   * <p>The query is native SQL, because Hibernate compiles its own queries at their first use. The
   * compilation can take longer than the database lets a transaction with a lock be idle.
   */
  private List<String> surplus(StatelessSession session, EntityRef user) {
    return session
        .createNativeQuery(
            "select id from " + table + " where user_entity_ref = :user order by " + order,
            String.class)
        .setParameter("user", user.toString())
        .setFirstResult(maxPerUser - 1)
        .setMaxResults(BATCH)
        .getResultList();
  }

  /** Deletes the rows with the given ids. Returns the number of deleted rows. */
  int delete(StatelessSession session, List<String> ids) {
    return ids.isEmpty()
        ? 0
        : session
            .createNativeMutationQuery("delete from " + table + " where id in (:ids)")
            // All replicas use the order of ids, so deadlocks are rare.
            .setParameterList("ids", ids.stream().sorted().toList())
            .executeUpdate();
  }

  /**
   * Deletes all rows that meet a condition.
   *
   * @param condition the condition on the row {@code r}, in HQL, with the parameter {@code at}
   */
  void deleteAll(String condition, Instant at) {
    database.inBatches(
        BATCH,
        session ->
            session
                .createSelectionQuery(
                    "select r.id from " + entity + " r where " + condition, String.class)
                .setParameter("at", at)
                .setMaxResults(BATCH)
                .getResultList(),
        // After the read, another replica can have changed a row.
        (session, ids) -> {
          var unused =
              session
                  .createMutationQuery(
                      "delete from " + entity + " r where r.id in (:ids) and " + condition)
                  .setParameterList("ids", ids.stream().sorted().toList())
                  .setParameter("at", at)
                  .executeUpdate();
        });
  }
}
