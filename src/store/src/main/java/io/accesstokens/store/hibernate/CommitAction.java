package io.accesstokens.store.hibernate;

import org.hibernate.StatelessSession;
import org.hibernate.Transaction;

/** How a transaction is committed that has written the rest. */
@FunctionalInterface
interface CommitAction<T> {

  /**
   * Commits. An exception that tells of no conflict and no refusal leaves open whether it did.
   *
   * @return the result of the transaction
   */
  T commit(StatelessSession session, Transaction transaction);

  /** By {@code COMMIT} alone. */
  static <T> CommitAction<T> with(T result) {
    return (session, transaction) -> {
      transaction.commit();
      return result;
    };
  }
}
