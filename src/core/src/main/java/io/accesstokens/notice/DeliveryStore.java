package io.accesstokens.notice;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stores the deliveries of notices. Each method is one transaction, or several short transactions.
 * Each method throws {@link io.accesstokens.token.StoreUnavailableException} if the store cannot be
 * reached.
 */
public interface DeliveryStore {

  /** Time for which notices and deliveries are kept and listed. */
  Duration RETENTION = Duration.ofDays(90);

  /**
   * Maximum time until the next attempt of a delivery. If an attempt is planned for a later time, a
   * process with a wrong clock has planned it. The delivery is then due at once.
   */
  Duration MAX_DELAY = Duration.ofDays(2);

  /**
   * Creates the webhook deliveries for the next notices that have no webhook deliveries yet.
   *
   * @param endpoints the events that are sent to each webhook endpoint, by the name of the endpoint
   * @return true if there may be more notices without webhook deliveries
   */
  boolean addWebhookDeliveries(Map<String, Set<NoticeEvent>> endpoints, Instant now);

  /**
   * Claims due deliveries of a webhook endpoint. A delivery whose notice is outdated has an empty
   * list of notices, see {@link #claimMails}.
   *
   * @param lease the duration of the claim; afterwards, another process can claim the delivery
   */
  List<Delivery> claimWebhooks(String endpoint, int limit, Instant now, Duration lease);

  /**
   * Claims due mails. A mail is due if its next attempt is due (see {@link #MAX_DELAY}), and the
   * daily job of its day has ended. A mail for any day later than tomorrow was written with a wrong
   * clock. For this mail, the second condition is that no daily job runs.
   *
   * <p>A delivery omits outdated notices about the expiry of a token. A notice is outdated in these
   * cases:
   *
   * <ul>
   *   <li>The token is revoked.
   *   <li>The token has another expiry than the notice, but the same secret.
   *   <li>The token has another expiry and another secret than the notice, and a client has used
   *       the new secret.
   * </ul>
   */
  List<Delivery> claimMails(int limit, Instant now, Duration lease);

  /**
   * Records that a delivery was sent.
   *
   * @return false if the claim has ended, because another process has claimed the delivery, or
   *     because the endpoint was disabled
   */
  boolean recordSent(Delivery delivery, Instant now);

  /**
   * Records a failed attempt that will be retried.
   *
   * @return false if the claim has ended, because another process has claimed the delivery, or
   *     because the endpoint was disabled
   */
  boolean recordRetry(Delivery delivery, String error, Instant nextAttemptAt);

  /**
   * Records a failed attempt that will not be retried.
   *
   * @return false if the claim has ended, because another process has claimed the delivery, or
   *     because the endpoint was disabled
   */
  boolean recordAbandoned(Delivery delivery, String error, Instant now);

  /**
   * Records that a delivery is cancelled without an attempt, because its recipient accepts no
   * further deliveries.
   *
   * @return false if the claim has ended, because another process has claimed the delivery, or
   *     because the endpoint was disabled
   */
  boolean recordCancelled(Delivery delivery, String error, Instant now);

  /**
   * Records that a delivery is not sent, because all its notices are outdated. This record does not
   * count as an attempt.
   */
  void recordOmitted(Delivery delivery, Instant now);

  /** Ends a claim without an attempt, so that another process can claim the delivery at once. */
  void release(Delivery delivery);

  /**
   * Records that an endpoint accepts no further deliveries, and abandons the pending deliveries of
   * the endpoint.
   *
   * @param address identifies the URL of the endpoint; an endpoint that gets another URL accepts
   *     deliveries again
   */
  void disableEndpoint(String endpoint, String address, String error, Instant now);

  /** Returns true if the endpoint with this URL accepts no further deliveries. */
  boolean isDisabled(String endpoint, String address);

  /** Returns the number of pending deliveries and the age of the oldest one. */
  NoticeQueue queue(Instant now);

  /**
   * Deletes notices and deliveries that are older than {@link #RETENTION}. The age of an {@link
   * NoticeEvent#EXPIRING} notice counts from the expiry of the token. If this notice were deleted
   * before the expiry, the daily job would write the notice again.
   */
  void trim(Instant now);
}
