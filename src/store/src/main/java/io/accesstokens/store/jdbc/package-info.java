/**
 * Connections, transactions and their repetition, and the differences between databases.
 *
 * <ol>
 *   <li>Hibernate is started in code ({@link io.accesstokens.store.jdbc.Database}), without {@code
 *       persistence.xml} and without the container's JPA. So the same code runs in every
 *       environment. Only stateless sessions are used.
 *   <li>Each transaction is READ COMMITTED, also if the {@code DataSource} has another isolation
 *       level. Reads are single statements outside of transactions.
 *   <li>A transaction that fails because of a conflict (deadlock, lock wait, snapshot conflict) is
 *       repeated as a whole after a random pause.
 *   <li>{@link io.accesstokens.token.StoreUnavailableException} reports an outage, an overload, or
 *       a commit whose outcome is unknown, and nothing else. An overload is one of these: a
 *       conflict that repeats for five seconds, no free connection, or too many waiting reads.
 *   <li>If the number of live tokens is limited, a creation first writes the row of its group, and
 *       then counts. So creations of one group run one after the other ({@link
 *       io.accesstokens.store.jdbc.OwnerLock}).
 *   <li>{@link io.accesstokens.store.jdbc.DatabaseKind} defines the differences between the
 *       databases, also for the migrations.
 * </ol>
 *
 * <p>H2:
 *
 * <ol>
 *   <li>A transaction that writes has exclusive access to the database. H2 saves its tables one
 *       after the other, so a killed process could otherwise leave part of a concurrent
 *       transaction.
 *   <li>With the version of H2 that the build pins, the file then contains every change that was
 *       confirmed. Version 2.5.252 can lose confirmed changes.
 *   <li>One gap remains in H2 itself. H2 overwrites space of old data first, and then the header
 *       that points to the new data. If the process is killed between the two, H2 can open the file
 *       in its earlier state.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0003-embedded-database.md}.
 */
@NullMarked
package io.accesstokens.store.jdbc;

import org.jspecify.annotations.NullMarked;
