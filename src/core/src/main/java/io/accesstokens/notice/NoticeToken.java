package io.accesstokens.notice;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import java.time.Instant;
import java.util.UUID;

/**
 * The facts about a token that a notice contains, as they were when the notice was written.
 *
 * @param prefix the first twelve characters of the raw token, which identify the secret
 * @param owner the group or user that owns the token
 * @param createdAt the instant at which the token was created; a rotation does not change this
 *     instant
 */
public record NoticeToken(
    RawToken.Kind kind,
    UUID id,
    String name,
    String prefix,
    EntityRef owner,
    Instant createdAt,
    Instant expiresAt) {}
