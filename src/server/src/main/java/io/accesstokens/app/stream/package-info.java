/**
 * Sends audit events to other systems: by webhooks, by syslog over TLS, and to files.
 *
 * <ol>
 *   <li>The package {@link io.accesstokens.transparency.stream} decides which process sends, and
 *       when.
 *   <li>A sender returns only after its target has accepted a whole batch. No text of a target is
 *       logged.
 *   <li>While a process sends to a target, the process holds a claim on the target for a limited
 *       time. No other process sends during this time. An attempt to send to a webhook or to a
 *       syslog server has a deadline, which is before the end of the claim. If a name look-up
 *       exceeds the deadline, the attempt sends nothing.
 *   <li>An attempt to write to a file has no deadline. If a network file system hangs, the claim
 *       ends, and another process sends the same events. When the file system works again, the
 *       first attempt can write these events a second time. Therefore, the file must be on a local
 *       file system.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.stream;

import org.jspecify.annotations.NullMarked;
