/**
 * Tokens, audit trail and change feed in a relational database: MariaDB, or H2 embedded.
 *
 * <ol>
 *   <li>{@link io.accesstokens.store.hibernate.Migrations} makes the schema; it works on any {@code
 *       DataSource}, next to a host's own tables, and in many replicas at once.
 *   <li>Hibernate is started in code, without {@code persistence.xml} and without the container's
 *       JPA, so that the same code runs everywhere. Only stateless sessions are used: what is
 *       written is what the statement names. No statement updates a whole row.
 *   <li>Each transaction is READ COMMITTED, whatever the {@code DataSource} says. Reads are single
 *       statements outside of transactions.
 *   <li>A transaction that lost to another (deadlock, lock wait, snapshot conflict) is repeated as
 *       a whole after a random pause. An outage, and a commit whose outcome is unknown, is {@link
 *       io.accesstokens.token.StoreUnavailableException}; nothing else is.
 *   <li>A change of verdict takes the lock on the feed's counter last, so that commits happen in
 *       the order of numbers. On MariaDB that is one compound statement, sent in one packet: it
 *       raises the counter, writes the entries, reads the counter's row under the lock, and commits
 *       ({@link io.accesstokens.store.hibernate.FeedEntries}). So the lock is held while the server
 *       is at work, and no longer because a client's network is slow or cut. {@code COMMIT} stands
 *       last in it: after a conflict nothing was committed, and all is repeated; without an answer
 *       the outcome is unknown. Whoever holds the lock otherwise and stopped, as at a start, is cut
 *       off after a second.
 *   <li>On H2 a transaction that writes has the database to itself: H2 saves its tables one after
 *       the other, and a kill would otherwise leave part of a concurrent transaction. The file then
 *       holds what was answered, with the version of H2 that the build pins; 2.5.252 loses it. One
 *       gap is H2's: killed in the instant between writing where old data lay and writing the
 *       header that leads there, it can open the file as it was before.
 *   <li>Names are kept unique by a constraint over {@code (group, name, unrevoked)}, where {@code
 *       unrevoked} is null for revoked tokens. Nobody checks, then inserts.
 *   <li>Where the number of live tokens is limited, a creation first writes the row of its group,
 *       which makes those of one group come one after the other, and then counts ({@link
 *       io.accesstokens.store.hibernate.OwnerLock}).
 *   <li>Personal tokens are in tables of their own, beside the same feed; what is done alike with
 *       both kinds is written once ({@link io.accesstokens.store.hibernate.TokenTable}). Names are
 *       unique over {@code (user, name, unrevoked)}.
 *   <li>Columns {@code unrevoked} and {@code list_status} are generated from {@code revoked_at} by
 *       the database: they cannot contradict it, whoever writes the row.
 *   <li>Lists are exact at the instant asked for. By status and group they cost the same with a
 *       thousand tokens and a million; a search, or another filter or order, costs one look through
 *       the table at worst: see {@link io.accesstokens.store.hibernate.TokenListing}.
 *   <li>The audit trail of all tokens has an index for each filter, in the order of time, and a row
 *       holds the token's group for that. Rows of older versions do not: they are found by their
 *       tokens until upkeep has filled it in, batch by batch ({@link
 *       io.accesstokens.store.hibernate.AuditLogBranch}).
 *   <li>All numbers of an overview come from one statement, and so from one moment; it reads an
 *       index that has all it needs.
 *   <li>Several tokens are revoked by one transaction that locks their rows in the order of ids and
 *       tells the feed by one statement.
 *   <li>A search compares lower case, by the database's rules, in the generated column {@code
 *       search_text}. What the columns for sorting hold ({@code created_by_key}, {@code
 *       last_used_order}) is generated as well.
 *   <li>{@link io.accesstokens.store.hibernate.TokenImport} brings tokens over from elsewhere:
 *       batch by batch, each with its events and feed entries or not at all, and never to the
 *       wider.
 *   <li>Counts of uses are added to what the row holds, and to those of the day, so that replicas
 *       add up, in short transactions that lock rows in the order of ids.
 *   <li>Instants are stored in UTC by the microsecond and never pass through a time zone. Text is
 *       compared by its bytes. Ids are text, so that their order is the same in every database.
 *   <li>{@link io.accesstokens.store.hibernate.Replica} is a process that caches verdicts. All
 *       agree on the lease by the counter's row; it can be changed when the list of processes shows
 *       nobody at work. Under {@code single} the row names the one process that has leases.
 *   <li>The feed is read by one statement in autocommit mode, on a connection outside of the pool
 *       that waits no longer than a lease. It grants nothing when the row names other terms, when a
 *       change that was committed here is missing, or when the server does not write.
 *   <li>How long a change takes to be final follows from the row as the change itself saw it under
 *       its lock, so that also a process that caches nothing keeps the promise.
 *   <li>Entries of the feed are kept for an hour, and the last one always.
 *   <li>Sessions of people are rows of the same database, see {@code session}. They are read by
 *       their key's digest, each time anew, from where they are written.
 *   <li>So are personal tokens on their way to be made, see {@code mint}. What takes one further is
 *       a conditional update or deletion of its row, which exactly one of many processes does.
 * </ol>
 *
 * <p>Decisions. SQL is native where the query language of Hibernate cannot say it (index hints,
 * insert-select into the feed). Migrations are additive, and one change each, because MariaDB's DDL
 * is not transactional; so their order does not matter, and whichever is missing is applied. They
 * hold no types of one database; what differs is a placeholder, named in {@link
 * io.accesstokens.store.hibernate.DatabaseKind}.
 */
@NullMarked
package io.accesstokens.store.hibernate;

import org.jspecify.annotations.NullMarked;
