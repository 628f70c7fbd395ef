/**
 * Tests on real replicas, which are disturbed, that a revocation is final when its response
 * arrives.
 *
 * <ol>
 *   <li>Three replicas run as processes of the shipped WAR, on one MariaDB server ({@link
 *       io.accesstokens.faults.ReplicaGroup}). Each reaches the database through a network of its
 *       own that the test disturbs. The test can set the wall clock of one replica.
 *   <li>In {@code FailoverRunIT}, the replicas run on two PostgreSQL servers under Patroni, and the
 *       test disturbs these servers ({@link io.accesstokens.faults.DatabaseFault}). At the end, the
 *       database must contain each confirmed change with its audit event ({@link
 *       io.accesstokens.faults.Ledger}).
 *   <li>Clients ({@link io.accesstokens.faults.Workload}) create tokens, use them at all replicas,
 *       and revoke them at random replicas. Some tokens are revoked at two replicas at once, and
 *       some so that the response is lost. A revocation with an unknown outcome is repeated,
 *       possibly at another replica, until 204 or 409 arrives. Either status makes it final.
 *   <li>Clients also rotate tokens, use both secrets, and end the former one by a request or by a
 *       further rotation ({@link io.accesstokens.faults.Rotator}). A rotation with an unknown
 *       outcome is repeated with its idempotency key. A secret is judged like a token.
 *   <li>When such a response has arrived, all replicas are asked about the token at once, each over
 *       several connections. Random checks follow later.
 *   <li>All times are those of one monotonic clock, in the test's process. A check <em>began
 *       after</em> a response only if its time is later than that of the response. The time of a
 *       check is taken before its first byte is written. The time of a response is taken after its
 *       last byte is read.
 *   <li>The violations ({@link io.accesstokens.faults.InvariantViolation.Kind}) are: a token
 *       accepted in a check that began after the response; a valid token rejected; a status other
 *       than 200, 401 and 503; an undisturbed replica that cannot answer; a replica that does not
 *       recover by itself; an error in a log that no fault explains; a raw token in a log.
 *   <li>A check may go unanswered only while its replica is disturbed ({@link
 *       io.accesstokens.faults.Condition}), which ends when the replica answers again. A wrong
 *       result is never excused.
 *   <li>A stop of the whole machine ends leases and timeouts, as a fault does. Therefore replicas
 *       count as disturbed during such a stop and for ten seconds afterwards ({@link
 *       io.accesstokens.faults.MachineStops}).
 *   <li>Meanwhile, the checkpoint of the transparency log is read at each replica ({@link
 *       io.accesstokens.faults.LogObserver}). At the end, each event must be in the log once, and
 *       the log must extend each checkpoint that was read ({@link
 *       io.accesstokens.faults.LogJudge}).
 *   <li>The judge ({@link io.accesstokens.faults.TrackedToken}) is tested with histories that it
 *       must reject. The whole test is run against services that break each promise on purpose
 *       ({@code BrokenServiceDetectionTest}).
 * </ol>
 *
 * <p>Decision: tokens are judged while the test runs, not from a recorded history at the end. So
 * memory stays bounded in a run of any length.
 *
 * <p>Decision: a verifier is an interface ({@link io.accesstokens.faults.Verifier}). An application
 * that asks a replica ({@link io.accesstokens.faults.RemoteVerifier}) is therefore held to the same
 * promise as a replica.
 */
@NullMarked
package io.accesstokens.faults;

import org.jspecify.annotations.NullMarked;
