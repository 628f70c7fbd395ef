/**
 * Stores the delivery state of the transparency log: which checkpoints witnesses have cosigned, and
 * which checkpoints other systems have received.
 *
 * <ol>
 *   <li>The log never waits for a target. A checkpoint is served as soon as it is stored.
 *   <li>Processes that share a store share the state of the targets. A process claims a target
 *       before the process calls the target. A claim is only a time until which other processes do
 *       not call the target. A stronger lock is not necessary, because a duplicate call is
 *       harmless.
 *   <li>Only verified cosignatures are stored. They are served as further signatures of the
 *       checkpoint, whose text does not change.
 * </ol>
 */
@NullMarked
package io.accesstokens.transparency.delivery;

import org.jspecify.annotations.NullMarked;
