package io.accesstokens.notice;

import java.time.Duration;

/**
 * A token that expires soon or has expired.
 *
 * @param lifetime the lifetime that belongs to the current expiry. A rotation that keeps the expiry
 *     does not change the lifetime.
 */
public record ExpiringToken(NoticeToken token, Duration lifetime) {}
