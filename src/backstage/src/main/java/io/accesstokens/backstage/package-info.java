/**
 * Moving over from the Backstage plugin for service access tokens: reads the plugin's tables and
 * brings the tokens over into a store of ours.
 *
 * <ol>
 *   <li>{@link io.accesstokens.backstage.SourceDatabase} reads both tables as they are at one
 *       instant, in a transaction that only reads, then lets go of it; only then is the target
 *       looked at. MariaDB, MySQL, PostgreSQL and SQLite, as the plugin's query builder (Knex)
 *       writes to them: columns are read as text, whatever their type.
 *   <li>Liberal in representation, strict in value. An instant may be a number of milliseconds or a
 *       date and time with or without an offset (without: UTC, which is what the plugin writes); a
 *       digest may be hexadecimal or 32 bytes. What it says must then keep the rules of this
 *       service, or the token is refused, with a line that names it and every rule that it breaks.
 *   <li>Ids are kept, so that a second run finds what the first one did. Every run brings over what
 *       is new: tokens, revocations, audit events. Nothing is widened: what is revoked here stays
 *       so, an expiry is never moved, and what was changed here is left alone.
 *   <li>Groups and users are written in their canonical form, which is lower case. Unrevoked tokens
 *       that would then have one name in one group are all refused, unless one of them was brought
 *       over before.
 *   <li>Nothing more powerful than before: a scope that is a permission of this service ({@code
 *       access-tokens:…}) meant nothing to the plugin, so a token that has one is refused.
 *   <li>A token is brought over with its audit events, their ids, instants and actors. An event
 *       that cannot be read is left out and named. Each token gets one event {@code imported} of
 *       ours, and so does each revocation that is carried over later.
 *   <li>No line says a digest, a raw token, a password, or the part of the URL that may hold one.
 * </ol>
 *
 * <p>Decisions. All tokens are read before the first is written (about two kilobytes each in
 * memory), because a reader of SQLite holds up the plugin, and conflicts are between tokens. The
 * plugin's columns for expiry are not null; a token without one is refused rather than given one.
 *
 * <p>Out of scope: personal tokens. The plugin stores them encrypted and exchanges them for those
 * of Backstage; no digest of theirs exists.
 */
@NullMarked
package io.accesstokens.backstage;

import org.jspecify.annotations.NullMarked;
