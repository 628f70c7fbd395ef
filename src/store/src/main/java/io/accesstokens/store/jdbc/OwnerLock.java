package io.accesstokens.store.jdbc;

import io.accesstokens.verify.EntityRef;
import java.util.function.BooleanSupplier;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/**
 * Serializes the transactions that add a token, a session or a request for consent for the same
 * owner. An owner is a group or a user. Each of these transactions limits the rows of the owner,
 * and then adds a row. The revocation of all tokens of a user takes the same lock.
 *
 * <p>Each transaction first writes the row of the owner, and holds the lock on this row until the
 * transaction ends. A lock without a write is not enough, because the nodes of a Galera cluster do
 * not share locks. If two nodes write the same row, one transaction fails and is repeated.
 */
public final class OwnerLock {

  private OwnerLock() {}

  /**
   * Runs a transaction that takes the lock of an owner. If the owner has no row to lock yet, adds
   * the row, and runs the transaction again.
   *
   * @param transaction returns false if {@link #take} has returned false
   */
  public static void run(Database database, EntityRef holder, BooleanSupplier transaction) {
    if (!transaction.getAsBoolean()) {
      add(database, holder);
      if (!transaction.getAsBoolean()) {
        throw new IllegalStateException("the lock row of " + holder + " does not exist");
      }
    }
  }

  /**
   * Locks the row of an owner. This call must be the first statement of a transaction.
   *
   * @return true if the row was locked; false if the owner has no row
   */
  public static boolean take(StatelessSession session, EntityRef holder) {
    return session
            .createNativeMutationQuery(
                "update access_token_holders set issued = issued + 1 where holder_ref = :holder")
            .setParameter("holder", holder.toString())
            .executeUpdate()
        == 1;
  }

  /** Adds the row of an owner, if the row does not exist yet. Rows are never removed. */
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
