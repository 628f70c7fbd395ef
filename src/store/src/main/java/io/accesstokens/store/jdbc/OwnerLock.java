package io.accesstokens.store.jdbc;

import io.accesstokens.verify.EntityRef;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/**
 * Serializes transactions that count the tokens of a holder (a group or a user) and then add one.
 *
 * <p>Each of them first writes the row of the holder, and so holds its lock until the end. The row
 * is written, not only locked, because nodes of a Galera cluster do not share locks. If two nodes
 * write the same row, one transaction fails and is repeated.
 */
public final class OwnerLock {

  private OwnerLock() {}

  /**
   * Takes the lock, as the first statement of a transaction.
   *
   * @return false if the holder has no row; then nothing is locked
   */
  public static boolean take(StatelessSession session, EntityRef holder) {
    return session
            .createNativeMutationQuery(
                "update access_token_holders set issued = issued + 1 where holder_ref = :holder")
            .setParameter("holder", holder.toString())
            .executeUpdate()
        == 1;
  }

  /** Adds the row of a holder, unless it exists. Rows are never removed. */
  public static void add(Database database, EntityRef holder) {
    try {
      database.write(
          session ->
              session
                  .createNativeMutationQuery(
                      "insert into access_token_holders (holder_ref, issued) values (:holder, 0)")
                  .setParameter("holder", holder.toString())
                  .executeUpdate());
    } catch (ConstraintViolationException e) {
      // Another transaction has added the row.
    }
  }
}
