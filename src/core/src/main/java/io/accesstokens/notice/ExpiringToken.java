package io.accesstokens.notice;

import java.time.Duration;

/**
 * A token that expires soon or has expired.
 *
 * @param lifetime the stored lifetime ({@link io.accesstokens.token.TokenSecrets#lifetime}), or the
 *     time from the creation of the secret to the expiry if this time is longer
 */
public record ExpiringToken(NoticeToken token, Duration lifetime) {}
