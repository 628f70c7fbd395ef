/**
 * Browser sessions of users: what is stored for each session, and how long a session is valid.
 *
 * <ol>
 *   <li>A session is a row in the store. All replicas have the same sessions, even after a restart.
 *       Each request reads the row. No part of the row is cached. After a sign-out, the session is
 *       invalid on every replica.
 *   <li>The browser holds a {@link io.accesstokens.session.SessionKey}, generated at random for
 *       this session only. The store holds the SHA-256 digest of the key, so that a reader of the
 *       database cannot sign in.
 *   <li>Each sign-in creates a new key. A key from before the sign-in gives no access after the
 *       sign-in. This rule prevents session fixation.
 *   <li>A session ends after an idle time, and in any case after an absolute time ({@link
 *       io.accesstokens.session.Sessions}). The time of the last request is written about once a
 *       minute, in batches, outside the request. Therefore a session can end about a minute early,
 *       but never late.
 *   <li>A row contains the user, and not the permissions of the user. Each request looks up the
 *       permissions, by the username in the row. The row also contains the account status of the
 *       user. The session becomes invalid if the account status changes. Some facts are known only
 *       at the sign-in: roles of a servlet container's realm, and groups from an OpenID provider.
 *       The row keeps these facts until the session ends.
 *   <li>A session has an id, which is not secret and never changes. Data that is valid only during
 *       the session refers to this id.
 *   <li>A user can sign in again in a session. The session then has a new key and the time of the
 *       new sign-in. The former key can only end the session. The end of the session does not
 *       change.
 *   <li>A user can list and end their own sessions. The list shows the browser, the operating
 *       system and the network address of each sign-in.
 *   <li>A user has at most {@value io.accesstokens.session.SessionStore#MAX_PER_USER} sessions.
 *       Above this limit, a new session ends the session that has been idle for the longest time.
 *   <li>The {@code User-Agent} header is not stored. The stored names of browsers and operating
 *       systems come from a fixed list.
 *   <li>Instants come from the clock of the application.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0009-browser-sessions.md}.
 *
 * <p>Out of scope: cookies, passwords, and the proof that a request needs in addition to its cookie
 * (see {@code login}).
 */
@NullMarked
package io.accesstokens.session;

import org.jspecify.annotations.NullMarked;
