/**
 * Connections and transactions, the repetition of transactions, and the differences between
 * databases.
 *
 * <ol>
 *   <li>Hibernate is started in code ({@link io.accesstokens.store.jdbc.Database}), without {@code
 *       persistence.xml} and without the container's JPA. Therefore the same code runs in every
 *       environment. Only stateless sessions are used.
 *   <li>Each transaction is READ COMMITTED, even if the {@code DataSource} has another isolation
 *       level. Reads are single statements outside of transactions.
 *   <li>A transaction that fails because of a conflict (deadlock, lock wait, snapshot conflict,
 *       concurrent migration) is repeated as a whole after a random pause.
 *   <li>{@link io.accesstokens.token.StoreUnavailableException} reports an outage, an overload, a
 *       missing table or privilege, or a commit with an unknown outcome. An overload is one of
 *       these: repeated conflicts for five seconds, no free connection, or too many waiting reads.
 *   <li>If the number of rows of an owner is limited, only one transaction at a time adds a row for
 *       the owner ({@link io.accesstokens.store.jdbc.OwnerLock}).
 *   <li>{@link io.accesstokens.store.jdbc.DatabaseKind} defines the differences between the
 *       databases, also for the migrations.
 *   <li>On PostgreSQL, and on MariaDB without Galera, a connection is used only if it leads to the
 *       server that the change feed was read from last ({@code FollowedServer}).
 * </ol>
 *
 * <p>H2:
 *
 * <ol>
 *   <li>A transaction that writes has exclusive access to the database ({@link
 *       io.accesstokens.store.jdbc.Database}).
 *   <li>Such a transaction waits for the end of all reads. Therefore each statement of a pooled
 *       connection ends after four seconds, unless the URL sets another maximum.
 *   <li>With exclusive access, the pinned version of H2 keeps every confirmed change in the file.
 *       Version 2.5.252 can lose confirmed changes.
 *   <li>H2 first overwrites the space of old data, and then the header that points to the new data.
 *       If the process is killed between these two writes, H2 can later open the file in its
 *       earlier state.
 * </ol>
 *
 * <p>The documents {@code src/docs/decisions/0003-embedded-database.md} and {@code
 * src/docs/decisions/0019-postgresql.md} give the reasons.
 */
@NullMarked
package io.accesstokens.store.jdbc;

import org.jspecify.annotations.NullMarked;
