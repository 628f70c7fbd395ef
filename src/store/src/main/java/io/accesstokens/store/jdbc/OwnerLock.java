package io.accesstokens.store.jdbc;

import io.accesstokens.verify.EntityRef;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/**
 * Serializes transactions that count the tokens of a holder and then add a token. A holder is a
 * group or a user.
 *
 * <p>Each transaction first writes the row of the holder. The transaction holds the lock on this
 * row until the transaction ends. A lock without a write is not enough, because the nodes of a
 * Galera cluster do not share locks. If two nodes write the same row, one transaction fails and is
 * repeated.
 */
public final class OwnerLock {

  private OwnerLock() {}

  /**
   * Takes the lock of a holder. This call must be the first statement of a transaction.
   *
   * @return true if the lock was taken; false if the holder has no row and nothing was locked
   */
  public static boolean take(StatelessSession session, EntityRef holder) {
    return session
            .createNativeMutationQuery(
                "update access_token_holders set issued = issued + 1 where holder_ref = :holder")
            .setParameter("holder", holder.toString())
            .executeUpdate()
        == 1;
  }

  /** Adds the row of a holder, if the row does not exist yet. Rows are never removed. */
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
