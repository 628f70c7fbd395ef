package io.accesstokens.notice;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A notice about one token.
 *
 * @param key the unique key: for a change, the id of its audit event; for an expiry, the token, the
 *     expiry and the threshold
 * @param thresholdDays the threshold of an {@link NoticeEvent#EXPIRING} notice, in days; otherwise
 *     null
 * @param actor the user or token that caused the change; null for an expiry
 * @param endedSecretUse the use of an {@link NoticeEvent#ENDED_SECRET_USED} notice; otherwise null
 * @param occurredAt the instant of the change, or the instant at which the expiry was found
 */
public record Notice(
    UUID id,
    String key,
    NoticeEvent event,
    @Nullable Integer thresholdDays,
    NoticeToken token,
    @Nullable String actor,
    @Nullable SecretUse endedSecretUse,
    Instant occurredAt) {

  /**
   * The use of an ended secret.
   *
   * @param prefix the first twelve characters of the raw token that was used
   * @param address the network address of the client; null if it is unknown
   */
  public record SecretUse(String prefix, @Nullable String address) {}
}
