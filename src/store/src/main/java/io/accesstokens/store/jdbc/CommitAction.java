package io.accesstokens.store.jdbc;

import org.hibernate.StatelessSession;

/**
 * An action that commits a transaction. The action runs after all other statements of the
 * transaction.
 *
 * @param <T> the type of the result of the transaction
 */
@FunctionalInterface
public interface CommitAction<T> {

  /**
   * Commits the transaction.
   *
   * <p>After an exception for a conflict or a rejected statement, nothing was committed. After any
   * other exception, the outcome of the commit is unknown.
   *
   * @param commit commits the transaction of the session
   * @return the result of the transaction
   */
  T commit(StatelessSession session, Runnable commit);

  /** Returns an action that only commits, and then returns the given result. */
  static <T> CommitAction<T> with(T result) {
    return (session, commit) -> {
      commit.run();
      return result;
    };
  }
}
