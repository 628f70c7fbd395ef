/**
 * Sends the entries of the transparency log to other systems, at least once and in the order of
 * their indexes.
 *
 * <ol>
 *   <li>The index of the next entry is stored for each target. The index advances only after the
 *       target has accepted all entries before the new index. Therefore, a crash can cause repeats,
 *       but never a gap.
 *   <li>A process sends to a target only while it holds the claim on the target. The database
 *       grants the claim to one process for a limited time. The index advances only if the claim
 *       and the index are unchanged. If two processes send at the same time because their clocks
 *       differ, entries are repeated.
 *   <li>Each target has its own thread, and at most one batch is in memory for each target. A slow
 *       target delays no other target and no request.
 *   <li>An entry is never skipped, unless it was moved to an archive. If an entry cannot be sent,
 *       the attempts continue with delays of at most 90 seconds, and the lag grows. A target can
 *       request a delay of up to five minutes.
 *   <li>A missing or damaged entry stops the stream before this entry, because a skipped entry
 *       would hide the damage. The program log names the entry.
 *   <li>A failed attempt makes the next batches smaller, because a receiver can refuse a long body.
 * </ol>
 */
@NullMarked
package io.accesstokens.transparency.stream;

import org.jspecify.annotations.NullMarked;
