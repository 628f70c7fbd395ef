/**
 * The change feed, the counter that orders it, and the list of replicas.
 *
 * <p>Changes:
 *
 * <ol>
 *   <li>A change of a verdict locks the row of the feed's counter last, so that commits happen in
 *       the order of the numbers.
 *   <li>On MariaDB one compound statement, sent in one packet, does this ({@link
 *       io.accesstokens.store.feed.FeedEntries}). It raises the counter, writes the entries, reads
 *       the counter's row under the lock, and commits. So the lock is held only while the server
 *       works, even if the network of a client is slow or cut.
 *   <li>{@code COMMIT} is the last part of that statement. After a conflict nothing was committed,
 *       and the whole transaction is repeated. Without a response from the server, the outcome is
 *       unknown.
 *   <li>Other transactions can hold this lock too, for example at startup. If the process stops
 *       during such a transaction, the server disconnects it after one second.
 *   <li>A change reads the row under its own lock, and derives from it how long the revocation
 *       barrier must wait. So a process that caches nothing also keeps the promise.
 *   <li>Entries of the feed are kept for an hour. The last entry is always kept.
 * </ol>
 *
 * <p>Readers:
 *
 * <ol>
 *   <li>{@link io.accesstokens.store.feed.Replica} represents a process that caches verdicts. All
 *       processes read the terms of the lease from the counter's row. The terms can be changed only
 *       if the list of replicas shows that no process is running. Under {@code single} the row
 *       names the only process that may have leases.
 *   <li>The feed is read by one statement in autocommit mode, on a connection outside of the pool.
 *       On MariaDB that connection waits at most as long as a lease.
 *   <li>The reader gets no lease in these cases:
 *       <ul>
 *         <li>the row has other terms;
 *         <li>a change committed by this process is missing;
 *         <li>the server is read-only.
 *       </ul>
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0007-change-feed.md}.
 */
@NullMarked
package io.accesstokens.store.feed;

import org.jspecify.annotations.NullMarked;
