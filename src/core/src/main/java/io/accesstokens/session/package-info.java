/**
 * Sessions of people in their browsers: what is kept of one, and for how long it is good.
 *
 * <ol>
 *   <li>A session is a row in the store, so that it survives restarts, and so that all replicas
 *       know it and know of its end. Each request reads the row; nothing of it is cached. When
 *       signing out is answered, the session is gone everywhere.
 *   <li>The browser holds a {@link io.accesstokens.session.SessionKey}, made at random for this one
 *       session. The store holds its SHA-256: a reader of the database cannot sign in.
 *   <li>Each sign-in makes a new key. Nothing that a browser held before becomes good by it, so
 *       there is nothing to fixate.
 *   <li>A session ends after a time without requests, and after a time whatever happens ({@link
 *       io.accesstokens.session.Sessions}). When it was last seen is written by the minute, in
 *       batches, beside requests; so a session can end up to a minute too soon, and never too late.
 *   <li>A row says who signed in, not what they may do. That is found out for each request by
 *       whoever authenticates it, from what the row names: the person's name, and a text that must
 *       not have changed (their {@code standing}). What only the sign-in itself could tell stands
 *       in the row for as long as the session lasts: roles of a servlet container's realm, and
 *       groups that an OpenID provider named.
 *   <li>A session has an id, which is no secret and never changes; others can bind to it what must
 *       end with the session.
 *   <li>A person can prove again who they are. The session then goes on with a new key and the time
 *       of that sign-in; the former key is good nowhere. It does not last longer by that.
 *   <li>A person can list their own sessions and end them. The list shows what the sign-in was made
 *       with: names of a browser and a system out of a fixed list, and network addresses.
 *   <li>A person has {@value io.accesstokens.session.SessionStore#MOST_OF_A_PERSON} sessions at
 *       most: another one ends the one that was not seen for longest.
 * </ol>
 *
 * <p>Decision: these are no sessions of the servlet container. Those live in one server's memory,
 * or are copied between servers by means that differ from one product to the next, and cannot be
 * ended for a person everywhere.
 *
 * <p>Decision: a {@code User-Agent} is reduced to names before it is stored. Nothing that a client
 * sent is kept, so nothing hostile can be shown, and no fingerprint of a browser is collected.
 *
 * <p>Decision: instants are those of the application's clock. Replicas whose clocks differ judge a
 * session's age differently by as much.
 *
 * <p>Out of scope: cookies, passwords and what a request must prove beside its cookie (see {@code
 * login}).
 */
@NullMarked
package io.accesstokens.session;

import org.jspecify.annotations.NullMarked;
