package io.accesstokens.notice;

import java.time.Duration;

/**
 * A token that expires soon or has expired.
 *
 * @param lifetime the lifetime, see {@link io.accesstokens.token.TokenSecrets#lifetime}
 */
public record ExpiringToken(NoticeToken token, Duration lifetime) {}
