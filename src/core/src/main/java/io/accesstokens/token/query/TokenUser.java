package io.accesstokens.token.query;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A user with live personal tokens. A live token is neither revoked nor expired.
 *
 * @param user the ref of the user
 * @param liveTokens the number of live tokens, at least 1
 * @param lastUsedAt the latest use of a live token; null if no live token was ever used
 * @param nextExpiryAt the earliest expiry of a live token
 */
public record TokenUser(
    EntityRef user, long liveTokens, @Nullable Instant lastUsedAt, Instant nextExpiryAt) {}
