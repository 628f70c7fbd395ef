package io.accesstokens.notice;

import java.time.Duration;

/**
 * A token that expires soon or has expired.
 *
 * @param lifetime the longer of two durations: the stored lifetime ({@link
 *     io.accesstokens.token.TokenSecrets#lifetime}), and the time from the creation of the secret
 *     to the expiry
 */
public record ExpiringToken(NoticeToken token, Duration lifetime) {}
