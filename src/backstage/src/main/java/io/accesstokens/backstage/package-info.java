/**
 * Imports service tokens from the Backstage plugin for service access tokens. This package reads
 * the plugin's tables and imports the tokens into a store of this service.
 *
 * <ol>
 *   <li>{@link io.accesstokens.backstage.SourceDatabase} reads a consistent snapshot of both tables
 *       in one read-only transaction, and then closes the connection. The target database is opened
 *       afterwards. The source can be MariaDB, MySQL, PostgreSQL or SQLite. All columns are read as
 *       text, except a digest in binary form.
 *   <li>The import accepts several formats, and then validates the values. An instant may be a
 *       number of milliseconds, or a date and time with or without an offset. A date and time
 *       without an offset is read as UTC, because the plugin writes UTC. A digest may be
 *       hexadecimal or 32 bytes. If a value breaks a rule of this service, the token is refused.
 *       One line of output names the token and every broken rule.
 *   <li>Ids are preserved, so a second run recognizes the tokens that the first run imported. Every
 *       run imports new tokens, revocations and audit events. The import never extends the validity
 *       of a token. A token that is revoked in this service stays revoked, and an expiry never
 *       changes.
 *   <li>Refs of groups and users are written in their canonical form, which is lower case. If
 *       several unrevoked tokens then have the same name in one group, the import refuses all of
 *       them. A token that an earlier run imported is kept.
 *   <li>A token never gets more permissions than before. A permission of this service ({@code
 *       access-tokens:…}) has no meaning for the plugin. Therefore a token is refused if a
 *       permission of this service is one of the token's scopes.
 *   <li>A token is imported with its audit events, including their ids, instants and actors. An
 *       event that cannot be read is omitted and reported. Each imported token, and each revocation
 *       that is imported later, gets an additional event {@code imported}.
 *   <li>No line of output contains a digest, a raw token or a password. The output omits the parts
 *       of the URL that may contain a password.
 * </ol>
 *
 * <p>Design decisions:
 *
 * <ul>
 *   <li>All tokens are read before the first token is written, for two reasons. A read of SQLite
 *       blocks the plugin, so the read must be short. A conflict of names is found only if all
 *       tokens are known. Each token needs about two kilobytes of memory.
 *   <li>A token without an expiry is refused. The plugin does not create such tokens.
 * </ul>
 *
 * <p>Out of scope: personal tokens, because the plugin stores no digests of them.
 */
@NullMarked
package io.accesstokens.backstage;

import org.jspecify.annotations.NullMarked;
