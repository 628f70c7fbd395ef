/**
 * Shows that revocation is final when its answer arrives, on real replicas that are disturbed.
 *
 * <ol>
 *   <li>Three replicas are processes of the WAR that is shipped, on one MariaDB server ({@link
 *       io.accesstokens.faults.Replicas}). Each reaches the database through a network of its own
 *       that the test disturbs; the wall clock of one can be set.
 *   <li>Clients ({@link io.accesstokens.faults.Workload}) create tokens, use them at all replicas,
 *       and revoke them at replicas chosen at random, some at two at once, some so that the answer
 *       is lost. A revocation whose outcome is unknown is repeated, possibly elsewhere, until 204
 *       or 409 arrives. Either makes it final.
 *   <li>As soon as such an answer has arrived, all replicas are asked about the token at once, each
 *       over several connections; and again at random later.
 *   <li>All times are those of one monotonic clock, that of the test's process. A check <em>began
 *       after</em> an answer only if its time, taken before its first byte was written, is later
 *       than the answer's, taken after its last byte was read.
 *   <li>What must not be ({@link io.accesstokens.faults.Violation.Kind}): a token accepted in a
 *       check that began after the answer; a valid token refused; an answer that is none of 200,
 *       401 and 503; a replica that is undisturbed and cannot answer; one that does not recover by
 *       itself; an error in a log that no fault explains; a raw token in a log.
 *   <li>A check is excused from having to be answered only while the replica that it asks is
 *       disturbed ({@link io.accesstokens.faults.Condition}), which ends when it answers again. It
 *       is never excused from having to be right.
 *   <li>The judge of all this ({@link io.accesstokens.faults.TrackedToken}) is tested by histories
 *       that it must condemn, and the whole apparatus by services that break each promise on
 *       purpose ({@code CatchBrokenServiceTest}).
 * </ol>
 *
 * <p>Decision: judged while it runs, token by token, rather than from a recorded history at the
 * end: memory stays bounded, however long the run.
 *
 * <p>Decision: what verifies is an interface ({@link io.accesstokens.faults.Verifier}), so that an
 * application that asks a replica ({@link io.accesstokens.faults.RemoteVerifier}) stands where a
 * replica stands, and is held to the same promise.
 */
@NullMarked
package io.accesstokens.faults;

import org.jspecify.annotations.NullMarked;
