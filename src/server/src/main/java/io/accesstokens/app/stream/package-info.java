/**
 * Sends audit events to other systems: by webhooks, by syslog over TLS, and to files.
 *
 * <ol>
 *   <li>The package {@link io.accesstokens.transparency.stream} decides which process sends, and
 *       when.
 *   <li>A sender returns only after its target has accepted a whole batch. No text of a target is
 *       logged.
 *   <li>An attempt to send to a webhook or to a syslog server has a deadline, so that it ends
 *       before the claim on the target ends.
 *   <li>An attempt to write to a file has no deadline. If a network file system hangs, the claim
 *       ends, and another process sends. The first attempt can write its events later. Therefore,
 *       the file must be on a local file system.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.stream;

import org.jspecify.annotations.NullMarked;
