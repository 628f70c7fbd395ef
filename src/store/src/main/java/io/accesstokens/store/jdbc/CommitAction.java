package io.accesstokens.store.jdbc;

import org.hibernate.StatelessSession;
import org.hibernate.Transaction;

/** Commits a transaction after all its other statements. */
@FunctionalInterface
public interface CommitAction<T> {

  /**
   * Commits the transaction.
   *
   * <p>After an exception the outcome is unknown, unless the exception reports a conflict or a
   * rejected statement.
   *
   * @return the result of the transaction
   */
  T commit(StatelessSession session, Transaction transaction);

  /** Returns an action that commits by {@code COMMIT} alone. */
  static <T> CommitAction<T> with(T result) {
    return (session, transaction) -> {
      transaction.commit();
      return result;
    };
  }
}
