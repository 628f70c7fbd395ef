/**
 * The stores of sessions, of requests that wait for consent, and of signing keys.
 *
 * <ol>
 *   <li>Sessions of users are rows of the same database as the tokens (package {@code
 *       io.accesstokens.session}). They are found by the digest of their key. They are never
 *       cached, and are read from the server that writes them.
 *   <li>Requests to create a personal token that wait for consent are also rows (package {@code
 *       io.accesstokens.mint}). Each step is a conditional update or deletion of the row, which
 *       succeeds in exactly one process.
 * </ol>
 */
@NullMarked
package io.accesstokens.store.session;

import org.jspecify.annotations.NullMarked;
