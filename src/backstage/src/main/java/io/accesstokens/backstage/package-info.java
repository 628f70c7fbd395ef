/**
 * Imports service tokens from the Backstage plugin for service access tokens. This package reads
 * the plugin's tables and imports the tokens into a store of this service.
 *
 * <ol>
 *   <li>{@link io.accesstokens.backstage.SourceDatabase} reads both tables as they are at one
 *       instant, in a read-only transaction, and then closes the connection. Only then is the
 *       target database opened. The source can be MariaDB, MySQL, PostgreSQL or SQLite, in the form
 *       that the plugin's query builder (Knex) writes. Columns of any type are read as text.
 *   <li>The import accepts several representations but validates values strictly. An instant may be
 *       a number of milliseconds, or a date and time with or without an offset. Without an offset
 *       it is read as UTC, because the plugin writes UTC. A digest may be hexadecimal or 32 bytes.
 *       The value must then follow the rules of this service. Otherwise the token is refused, with
 *       a line that names it and every rule that it breaks.
 *   <li>Ids are preserved, so a second run recognises the tokens that the first run imported. Every
 *       run imports what is new: tokens, revocations and audit events. The import never grants
 *       more: a token that is revoked here stays revoked, an expiry never changes, and changes made
 *       here are preserved.
 *   <li>Refs of groups and users are written in their canonical form, which is lower case. If
 *       several unrevoked tokens then have the same name in one group, all of them are refused,
 *       except one that was imported before.
 *   <li>A token never gets more permissions than before. A scope that is a permission of this
 *       service ({@code access-tokens:…}) had no meaning for the plugin, so a token with such a
 *       scope is refused.
 *   <li>A token is imported with its audit events, including their ids, instants and actors. An
 *       event that cannot be read is skipped and reported. Each imported token gets one additional
 *       event {@code imported}, and so does each revocation that is imported later.
 *   <li>No line of output contains a digest, a raw token, a password, or the part of the URL that
 *       may hold a password.
 * </ol>
 *
 * <p>Design decisions:
 *
 * <ul>
 *   <li>All tokens are read before the first one is written, about two kilobytes each in memory. A
 *       reader of SQLite blocks the plugin, so reading must be short. A conflict of names is found
 *       only if all tokens are known.
 *   <li>The plugin's columns for expiry are not null. If a token has no expiry nevertheless, it is
 *       refused, and the import does not choose one.
 * </ul>
 *
 * <p>Out of scope: personal tokens. The plugin stores them encrypted and exchanges them for
 * Backstage tokens, so no digests of them exist.
 */
@NullMarked
package io.accesstokens.backstage;

import org.jspecify.annotations.NullMarked;
