/**
 * The keys with which short-lived tokens are signed: how they are kept, and when which one signs.
 *
 * <ol>
 *   <li>A key is a pair on the curve P-256, for ES256 (RFC 7518, section 3.4). It is made at
 *       random, here, and never leaves the processes that sign, other than encrypted.
 *   <li>A store holds its private half under AES-256-GCM with the operator's key ({@link
 *       io.accesstokens.signing.KeySeal}). Everything else in the row is bound to it as associated
 *       data: a row that was altered, or into which another's cipher text was put, cannot be
 *       opened, and a key that cannot be opened does not exist.
 *   <li>Rows are added and taken away, never changed. Each has a generation, and there is one row
 *       of a generation: of replicas that start or rotate at once, one makes the key and the others
 *       find it.
 *   <li>A key signs from the instant that stands in its row, until one of a later generation does.
 *       It is published {@link io.accesstokens.signing.SigningKeys#LEAD} before, so that whoever
 *       keeps the published set has it by then; and {@link
 *       io.accesstokens.signing.SigningKeys#OVERLAP} after, for as long as something that it signed
 *       may be good, and a while longer.
 *   <li>A key is followed by another when it has signed for as long as the operator wants, or when
 *       a command says so. A replica looks into the store every {@value
 *       io.accesstokens.signing.SigningKeys#MAINTENANCE_SECONDS} seconds, and when it is asked for
 *       a key that it does not know.
 *   <li>All keys can be withdrawn at once, without an overlap, when one has become known or the
 *       operator's key is lost: what they signed is good nowhere any more.
 *   <li>A store that does not answer is an outage. What was read before goes on to sign and to
 *       verify.
 * </ol>
 *
 * <p>Decision: which key signs follows from instants in rows, by the application's clock, rather
 * than from a flag that somebody has to move: no process has to be up at the right moment, and none
 * has to lead. Clocks that differ by less than the lead harm nobody.
 *
 * <p>Decision: cryptography of the JDK alone. What the keys sign, and how they are published, is
 * for {@code exchange}.
 */
@NullMarked
package io.accesstokens.signing;

import org.jspecify.annotations.NullMarked;
