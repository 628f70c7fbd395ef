/**
 * Imports service tokens from the Backstage plugin for service access tokens. This package reads
 * the plugin's tables and imports the tokens into a store of this service.
 *
 * <ol>
 *   <li>{@link io.accesstokens.backstage.SourceDatabase} reads a consistent snapshot of both tables
 *       in one read-only transaction, and then closes the connection. Only then is the target
 *       database opened. The source can be MariaDB, MySQL, PostgreSQL or SQLite, in the form that
 *       the plugin's query builder (Knex) writes. Columns of any type are read as text.
 *   <li>The import accepts several representations but validates values strictly. An instant may be
 *       a number of milliseconds, or a date and time with or without an offset. A date and time
 *       without an offset is read as UTC, because the plugin writes UTC. A digest may be
 *       hexadecimal or 32 bytes. Each value must follow the rules of this service. If a value
 *       breaks a rule, the token is refused. One line of output names the token and every broken
 *       rule.
 *   <li>Ids are preserved, so a second run recognises the tokens that the first run imported. Every
 *       run imports new tokens, revocations and audit events. The import never extends the validity
 *       of a token. A token that is revoked here stays revoked, and an expiry never changes.
 *       Changes made here are preserved.
 *   <li>Refs of groups and users are written in their canonical form, which is lower case. If
 *       several unrevoked tokens then have the same name in one group, the import refuses all of
 *       them. A token that an earlier run imported stays.
 *   <li>A token never gets more permissions than before. A scope that is a permission of this
 *       service ({@code access-tokens:…}) had no meaning for the plugin, so a token with such a
 *       scope is refused.
 *   <li>A token is imported with its audit events, including their ids, instants and actors. An
 *       event that cannot be read is skipped and reported. Each imported token gets one additional
 *       event {@code imported}. A revocation that is imported later adds such an event too.
 *   <li>No line of output contains a digest, a raw token, a password, or the part of the URL that
 *       may hold a password.
 * </ol>
 *
 * <p>Design decisions:
 *
 * <ul>
 *   <li>All tokens are read before the first token is written, for two reasons. A read of SQLite
 *       blocks the plugin, so the read must be short. A conflict of names is found only if all
 *       tokens are known. Each token needs about two kilobytes of memory.
 *   <li>The plugin does not allow tokens without an expiry. If a token has no expiry in spite of
 *       this rule, the token is refused. The import does not choose an expiry.
 * </ul>
 *
 * <p>Out of scope: personal tokens. The plugin stores them encrypted and exchanges them for
 * Backstage tokens, so no digests of them exist.
 */
@NullMarked
package io.accesstokens.backstage;

import org.jspecify.annotations.NullMarked;
