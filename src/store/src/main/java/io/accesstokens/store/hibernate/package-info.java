/**
 * Stores tokens, the audit log and the change feed in a relational database: MariaDB, or H2
 * embedded.
 *
 * <p>Schema and transactions:
 *
 * <ul>
 *   <li>{@link io.accesstokens.store.schema.Migrations} creates the schema. It works on any {@code
 *       DataSource}, beside the tables of a host application, and in many replicas at the same
 *       time.
 *   <li>Hibernate is started in code, without {@code persistence.xml} and without the container's
 *       JPA. So the same code runs in every environment. Only stateless sessions are used. A
 *       statement writes only the columns that it names, and no statement updates a whole row.
 *   <li>Each transaction is READ COMMITTED, also if the {@code DataSource} has another isolation
 *       level. Reads are single statements outside of transactions.
 *   <li>A transaction that fails because of a conflict (deadlock, lock wait, snapshot conflict) is
 *       repeated as a whole after a random pause. {@link
 *       io.accesstokens.token.StoreUnavailableException} reports an outage, an overload, or a
 *       commit whose outcome is unknown, and nothing else. An overload is a conflict that repeats
 *       for five seconds, no free connection, or too many waiting reads.
 *   <li>Instants are stored in UTC with a precision of one microsecond. They never pass through a
 *       time zone.
 *   <li>Text is compared by its bytes. Ids are stored as text, so that their order is the same in
 *       every database.
 * </ul>
 *
 * <p>The change feed and the revocation barrier:
 *
 * <ul>
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
 *   <li>{@link io.accesstokens.store.feed.Replica} represents a process that caches verdicts. All
 *       processes read the terms of the lease from the counter's row. The terms can be changed only
 *       if the list of replicas shows that no process is running. Under {@code single} the row
 *       names the only process that may have leases.
 *   <li>The feed is read by one statement in autocommit mode, on a connection outside of the pool.
 *       On MariaDB that connection waits at most as long as a lease. The reader gets no lease if
 *       the row has other terms, if a change committed by this process is missing, or if the server
 *       is read-only.
 *   <li>A change reads the row under its own lock, and derives from it how long the revocation
 *       barrier must wait. So a process that caches nothing also keeps the promise.
 *   <li>Entries of the feed are kept for an hour. The last entry is always kept.
 * </ul>
 *
 * <p>H2:
 *
 * <ul>
 *   <li>A transaction that writes has exclusive access to the database. H2 saves its tables one
 *       after the other, so a killed process could otherwise leave part of a concurrent
 *       transaction.
 *   <li>With the version of H2 that the build pins, the file then contains every change that was
 *       confirmed. Version 2.5.252 can lose confirmed changes.
 *   <li>One gap remains in H2 itself. H2 overwrites space of old data first, and then the header
 *       that points to the new data. If the process is killed between the two, H2 can open the file
 *       in its earlier state.
 * </ul>
 *
 * <p>Tokens and lists:
 *
 * <ul>
 *   <li>A constraint over {@code (group, name, unrevoked)} keeps names unique. {@code unrevoked} is
 *       null for revoked tokens. No code looks for a name first and inserts later.
 *   <li>If the number of live tokens is limited, a creation first writes the row of its group, and
 *       then counts. So creations of one group run one after the other ({@link
 *       io.accesstokens.store.jdbc.OwnerLock}).
 *   <li>Personal tokens have tables of their own and share the feed. Code that is the same for both
 *       kinds exists once ({@link io.accesstokens.store.hibernate.TokenTable}). Names of personal
 *       tokens are unique over {@code (user, name, unrevoked)}.
 *   <li>The database generates the columns {@code unrevoked} and {@code list_status} from {@code
 *       revoked_at}. So they cannot contradict it, whichever program writes the row.
 *   <li>Lists are exact for the instant of the query. A list by status and group costs the same
 *       with a thousand tokens and with a million. A search, or another filter or order, costs at
 *       most one scan of the table ({@link io.accesstokens.store.listing.TokenListing}).
 *   <li>A search compares lower-case text, by the rules of the database, in the generated column
 *       {@code search_text}. The columns for sorting ({@code created_by_key}, {@code
 *       last_used_order}) are also generated.
 *   <li>One statement counts all numbers of an overview, so they belong to one moment. It reads an
 *       index that contains all columns it needs.
 *   <li>One transaction revokes several tokens. It locks their rows in the order of ids, and writes
 *       all feed entries by one statement.
 *   <li>{@link io.accesstokens.store.hibernate.TokenImport} imports tokens in batches. Each token
 *       is imported with its events and feed entries, or not at all. An import never extends what a
 *       token may do.
 *   <li>Counts of uses are added to the token's row and to the row of the day, so that the counts
 *       of replicas add up. The transactions are short and lock rows in the order of ids.
 * </ul>
 *
 * <p>Other data:
 *
 * <ul>
 *   <li>The audit log of all tokens has an index for each filter, in the order of time. For that, a
 *       row contains the group of its token. Rows of older versions do not have the group. They are
 *       found by their tokens until maintenance has filled it in, batch by batch ({@link
 *       io.accesstokens.store.listing.AuditLogBranch}).
 *   <li>Sessions of users are rows of the same database (package {@code io.accesstokens.session}).
 *       They are found by the digest of their key. They are never cached, and are read from the
 *       server that writes them.
 *   <li>Requests to create a personal token that wait for consent are also rows (package {@code
 *       io.accesstokens.mint}). Each step is a conditional update or deletion of the row, which
 *       succeeds in exactly one process.
 * </ul>
 *
 * <p>Design decisions:
 *
 * <ul>
 *   <li>SQL is native where the query language of Hibernate lacks a feature (index hints,
 *       insert-select into the feed).
 *   <li>Migrations only add, and each makes one change, because DDL of MariaDB is not
 *       transactional. So their order does not matter, and any missing one is applied.
 *   <li>Migrations contain no types of one database. {@link
 *       io.accesstokens.store.jdbc.DatabaseKind} defines placeholders for the differences.
 * </ul>
 */
@NullMarked
package io.accesstokens.store.hibernate;

import org.jspecify.annotations.NullMarked;
