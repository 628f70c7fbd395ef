/**
 * Sends notices by mail and webhooks.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.outbound.WebhookClient} follows the Standard Webhooks
 *       specification 1.0.0. It follows no redirects, uses no proxy, and stores and logs no part of
 *       a response body.
 *   <li>{@link io.accesstokens.app.outbound.TargetAddresses} checks the addresses to which a
 *       connection is opened. The name is resolved once for each connection, so that a name server
 *       cannot return another address after the check.
 *   <li>{@link io.accesstokens.app.notice.SmtpSender} sends mails. No text from a token or a
 *       directory is part of a header, except checked mail addresses.
 * </ol>
 */
@NullMarked
package io.accesstokens.app.notice;

import org.jspecify.annotations.NullMarked;
