/**
 * Stores tokens and their audit logs in a relational database: MariaDB, or H2 embedded.
 *
 * <p>Other packages of this module:
 *
 * <ul>
 *   <li>{@code store.jdbc}: connections, transactions and the differences between databases.
 *   <li>{@code store.schema}: the migrations.
 *   <li>{@code store.entity}: the rows.
 *   <li>{@code store.listing}: the queries of lists and of the audit log.
 *   <li>{@code store.feed}: the change feed and the list of replicas.
 *   <li>{@code store.session}: sessions, requests that wait for consent, and signing keys.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>A statement writes only the columns that it names, and no statement updates a whole row.
 *   <li>A constraint over {@code (group, name, unrevoked)} keeps names unique. {@code unrevoked} is
 *       null for revoked tokens. No code looks for a name first and inserts later.
 *   <li>Personal tokens have tables of their own and share the feed. Code that is the same for both
 *       kinds exists once ({@link io.accesstokens.store.hibernate.TokenTable}). Names of personal
 *       tokens are unique over {@code (user, name, unrevoked)}.
 *   <li>One transaction revokes several tokens. It locks their rows in the order of ids, and writes
 *       all feed entries by one statement.
 *   <li>{@link io.accesstokens.store.hibernate.TokenImport} imports tokens in batches. Each token
 *       is imported with its events and feed entries, or not at all. An import never extends what a
 *       token may do.
 *   <li>Counts of uses are added to the token's row and to the row of the day ({@link
 *       io.accesstokens.store.hibernate.UsageTable}), so that the counts of replicas add up. The
 *       transactions are short and lock rows in the order of ids.
 *   <li>SQL is native where the query language of Hibernate lacks a feature (index hints,
 *       insert-select into the feed).
 * </ol>
 */
@NullMarked
package io.accesstokens.store.hibernate;

import org.jspecify.annotations.NullMarked;
