/**
 * Sends notices by mail and webhooks.
 *
 * <p>{@link io.accesstokens.app.notice.SmtpSender} sends mails. No text from a token or a directory
 * is part of a header, except checked mail addresses. The package {@code app.outbound} sends
 * webhooks.
 */
@NullMarked
package io.accesstokens.app.notice;

import org.jspecify.annotations.NullMarked;
