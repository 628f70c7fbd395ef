/**
 * Appends the committed audit events to the transparency log, and signs checkpoints. The package
 * {@code io.accesstokens.log} defines the formats.
 *
 * <ol>
 *   <li>A change and its audit event are one transaction. The event gets its index in the log later
 *       ({@link io.accesstokens.transparency.LogSequencer}), and no request waits for the log.
 *   <li>An append is one transaction. It locks the row with the state of the log. It then reads
 *       events that have no index, and writes entries, tiles, indexes and the signed checkpoint.
 *       Therefore any number of processes can append, and the entries have one order.
 *   <li>The order of the entries is the order in which appends find the committed events. Each
 *       append takes the events with the lowest numbers, in the order of their numbers. The store
 *       assigns the number when the event is written, and an event of a token is committed before
 *       the next change of the token begins. Therefore the events of one token are in their order,
 *       even if the clocks of processes differ.
 *   <li>Only a checkpoint that is stored is published. Therefore two processes never publish
 *       different checkpoints, unless the database loses a confirmed transaction. A process that
 *       has seen a larger log does not append to a smaller one.
 *   <li>The keys are stored in the same way as signing keys ({@link io.accesstokens.signing}). A
 *       key is replaced only by an operator, because auditors keep the verifier key. All stored
 *       keys sign each checkpoint. Verifiers can therefore change to the new key before the old key
 *       is removed.
 *   <li>The name of the log is fixed by the first process that opens the log.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0027-transparency-log.md}.
 */
@NullMarked
package io.accesstokens.transparency;

import org.jspecify.annotations.NullMarked;
