/**
 * The change feed, the counter that numbers its entries, and the list of replicas.
 *
 * <p>Changes:
 *
 * <ol>
 *   <li>A change of a verdict locks the row of the feed's counter last. Therefore commits happen in
 *       the order of the numbers.
 *   <li>On MariaDB, the entries of a change are written by one compound statement, sent in one
 *       packet ({@link io.accesstokens.store.feed.FeedEntries}). The statement increments the
 *       counter, writes the entries, reads the counter's row under the lock, and commits. The row
 *       is locked only while the server works, even if the network is slow or interrupted.
 *   <li>On PostgreSQL, the entries are written by one statement. The driver sends this statement
 *       together with the commit. The server skips the commit after an error.
 *   <li>{@code COMMIT} comes last. After a conflict nothing was committed, and the whole
 *       transaction is repeated. If the server does not respond, the outcome is unknown.
 *   <li>On PostgreSQL, the server reports a commit without its synchronous standby by a warning.
 *       The outcome is then unknown. A revocation of a revoked token also commits a write, because
 *       an earlier, visible commit may be missing on the standby.
 *   <li>Other transactions can also lock the counter's row, for example at startup. If the process
 *       hangs during one of these transactions, the server disconnects the process after one
 *       second.
 *   <li>A change reads the counter's row under the lock. The row determines how long the revocation
 *       barrier must wait. Therefore a process without a cache also waits long enough.
 * </ol>
 *
 * <p>Readers:
 *
 * <ol>
 *   <li>{@link io.accesstokens.store.feed.Replica} represents a process that caches verdicts. All
 *       processes use the lease durations in the counter's row. The durations can be changed only
 *       if the list of replicas shows that no process ran recently. With the setting {@code
 *       single}, the row contains the id of the only process that may have leases.
 *   <li>The feed is read by one statement in autocommit mode, on a separate connection. A read
 *       takes at most about the length of a lease, or a few seconds on PostgreSQL and H2 ({@code
 *       JdbcChangeFeed}).
 *   <li>On PostgreSQL with synchronous replication, the statement also writes a message to the
 *       transaction log, and its commit waits for the synchronous standby. A read that succeeds
 *       therefore proves that no standby was promoted before the read began. Without this proof, a
 *       process could get a lease on the old data of a former primary server. A former primary
 *       server can still answer reads if it was frozen and resumed, or if it has lost its cluster
 *       manager.
 *   <li>The reader gets no lease in these cases:
 *       <ul>
 *         <li>the counter's row has other lease durations;
 *         <li>the feed does not contain the last change that this process has committed;
 *         <li>the server is read-only or a standby, or a read can miss commits of other Galera
 *             nodes;
 *         <li>another process has started, and this process or the other process has the setting
 *             {@code single};
 *         <li>the process could not update its entry in the list of replicas for twelve seconds.
 *       </ul>
 * </ol>
 *
 * <p>The documents {@code src/docs/decisions/0007-change-feed.md} and {@code
 * src/docs/decisions/0019-postgresql.md} give the reasons.
 */
@NullMarked
package io.accesstokens.store.feed;

import org.jspecify.annotations.NullMarked;
