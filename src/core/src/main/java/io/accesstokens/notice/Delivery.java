package io.accesstokens.notice;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A claimed delivery: the notices that one message sends to one recipient.
 *
 * @param claim identifies the claim; only the holder of the current claim can record a result
 * @param claimedUntil the end of the claim
 * @param recipient the name of a webhook endpoint, or a mail address
 * @param attempts the number of earlier attempts
 * @param notices the notices that are not outdated (see {@link DeliveryStore#claimMails}), at most
 *     {@link #MAX_NOTICES}, earliest expiry first
 * @param total the number of all notices of the delivery that are not outdated; can be higher than
 *     {@link #MAX_NOTICES}
 */
public record Delivery(
    UUID id,
    UUID claim,
    Instant claimedUntil,
    Channel channel,
    String recipient,
    int attempts,
    List<Notice> notices,
    int total) {

  /** Maximum number of notices that one mail lists. */
  public static final int MAX_NOTICES = 200;

  public Delivery {
    notices = List.copyOf(notices);
  }
}
