/**
 * Browser sessions of users: what is stored for each session, and how long a session is valid.
 *
 * <ol>
 *   <li>A session is a row in the store. A session survives restarts. All replicas see the session
 *       and its end. Each request reads the row. No part of the row is cached. When a sign-out
 *       returns, the session is invalid in every replica.
 *   <li>The browser holds a {@link io.accesstokens.session.SessionKey}, generated at random for
 *       this session only. The store holds the SHA-256 digest of the key, so that a reader of the
 *       database cannot sign in.
 *   <li>Each sign-in creates a new key. A key that the browser held before a sign-in never becomes
 *       valid. This rules out session fixation.
 *   <li>A session ends after an idle time, and in any case after an absolute time ({@link
 *       io.accesstokens.session.Sessions}). The time of the last request is written about once a
 *       minute, in batches, outside the request. A session can therefore end up to a minute early,
 *       but never late.
 *   <li>A row records who signed in. It does not record the permissions of the user. The code that
 *       authenticates a request looks up the permissions each time, by the username in the row. The
 *       row also holds the {@code standing} of the user, a text that must not have changed since
 *       the sign-in. Some facts are known only at the sign-in: roles of a servlet container's
 *       realm, and groups that an OpenID provider named. These facts stay in the row for the life
 *       of the session.
 *   <li>A session has an id, which is not secret and never changes. Other data can be bound to this
 *       id if it must end with the session.
 *   <li>A user can sign in again within a session. The session then continues with a new key and
 *       the time of the new sign-in. The former key is invalid. The end of the session does not
 *       change.
 *   <li>A user can list and end their own sessions. The list shows the client of each sign-in:
 *       browser and system names from a fixed list, and network addresses.
 *   <li>A user has at most {@value io.accesstokens.session.SessionStore#MAX_PER_PERSON} sessions. A
 *       further session ends the session that has been idle for the longest time.
 *   <li>A {@code User-Agent} is reduced to names from a fixed list before it is stored.
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
