package io.accesstokens.store.hibernate;

import io.accesstokens.verify.EntityRef;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/**
 * Makes transactions that count what a holder (a group, or a user) has, and then add to it, come
 * one after the other: each begins by writing the holder's row, whose lock it has until its end.
 *
 * <p>The row is written, not only locked: nodes of a Galera cluster do not share locks, but of two
 * that wrote the same row one fails, and is repeated.
 */
final class OwnerLock {

  private OwnerLock() {}

  /**
   * Takes the lock, as the first statement of a transaction.
   *
   * @return false if the holder has no row: then nothing is locked
   */
  static boolean take(StatelessSession session, EntityRef holder) {
    return session
            .createNativeMutationQuery(
                "update access_token_holders set issued = issued + 1 where holder_ref = :holder")
            .setParameter("holder", holder.toString())
            .executeUpdate()
        == 1;
  }

  /** Adds the row of a holder, unless it is there. Rows are never removed. */
  static void add(Database database, EntityRef holder) {
    try {
      database.write(
          session ->
              session
                  .createNativeMutationQuery(
                      "insert into access_token_holders (holder_ref, issued) values (:holder, 0)")
                  .setParameter("holder", holder.toString())
                  .executeUpdate());
    } catch (ConstraintViolationException e) {
      // Somebody else has added it.
    }
  }
}
