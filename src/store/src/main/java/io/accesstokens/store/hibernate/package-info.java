/**
 * Stores tokens and their audit logs in a relational database: MariaDB, PostgreSQL, or H2 embedded.
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
 *   <li>{@code store.notice}: notices about tokens, and their deliveries.
 *   <li>{@code store.log}: the transparency log.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>A statement writes only the columns that it names, and no statement updates a whole row.
 *   <li>A constraint over {@code (group, name, unrevoked)} keeps names unique. The column {@code
 *       unrevoked} is null for revoked tokens. A search for the name before an insert would not be
 *       enough, because two transactions can insert the same name at the same time.
 *   <li>Personal tokens have separate tables and share the feed. Both kinds of token share code
 *       ({@link io.accesstokens.store.hibernate.TokenTable}). Names of personal tokens are unique
 *       over {@code (user, name, unrevoked)}.
 *   <li>Several tokens are revoked in one transaction. The transaction locks the rows in the order
 *       of ids.
 *   <li>{@link io.accesstokens.store.hibernate.TokenImport} imports tokens in batches. Each token
 *       is imported with its events and feed entries, or not at all. An import never extends the
 *       permissions of a token.
 *   <li>Counts of uses are added to the token's row, and for a service token also to the row of the
 *       day ({@link io.accesstokens.store.hibernate.UsageTable}). Therefore the counts of several
 *       replicas are summed. The transactions are short and lock rows in the order of ids.
 *   <li>The clients that use a service token have rows in {@code access_token_callers} ({@link
 *       io.accesstokens.store.hibernate.CallerTable}). The number of rows of a token is bounded. A
 *       refused use never replaces a caller with accepted uses.
 *   <li>The scopes that verifiers needed have rows in {@code access_token_scope_uses} ({@link
 *       io.accesstokens.store.hibernate.ScopeUses}). Verifiers can add only scopes that the token
 *       has.
 *   <li>The row of a token has its current secret. All other secrets of a token have rows in {@code
 *       access_token_secrets}. The secrets of a token change only while the row of the token is
 *       locked ({@link io.accesstokens.store.hibernate.SecretsUpdate}). Therefore rotations,
 *       repeats, ends, revocations and records of uses of one token have one order.
 *   <li>Native SQL is used if the query language of Hibernate lacks a feature, such as index hints.
 *       Most transactions also use native SQL: Hibernate translates its own queries at their first
 *       use, and the database ends a transaction that is idle for one second.
 * </ol>
 */
@NullMarked
package io.accesstokens.store.hibernate;

import org.jspecify.annotations.NullMarked;
