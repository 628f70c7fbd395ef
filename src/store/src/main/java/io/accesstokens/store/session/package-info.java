/**
 * The stores of sessions, of requests that wait for consent, and of signing keys.
 *
 * <ol>
 *   <li>Sessions of users are rows in the database of the tokens (package {@code
 *       io.accesstokens.session}). A session is found by the digest of its key. Sessions are never
 *       cached. Sessions are read from the database server that receives the writes. Concurrent
 *       sign-ins of a user are serialized, because the number of sessions of a user is limited.
 *   <li>Requests for a personal token that wait for consent are also rows (package {@code
 *       io.accesstokens.mint}). Each step is a conditional update or deletion of the row. Therefore
 *       a step succeeds in only one process.
 * </ol>
 */
@NullMarked
package io.accesstokens.store.session;

import org.jspecify.annotations.NullMarked;
