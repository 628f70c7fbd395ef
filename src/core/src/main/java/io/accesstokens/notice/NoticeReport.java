package io.accesstokens.notice;

import io.accesstokens.token.query.ListPosition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notice with the state of its deliveries.
 *
 * @param deliveries the deliveries, by channel and recipient; empty if no delivery is written yet,
 *     or if the notice has no recipient
 */
public record NoticeReport(Notice notice, List<DeliveryReport> deliveries) {

  public NoticeReport {
    deliveries = List.copyOf(deliveries);
  }

  /** Returns the position of this notice in a list. */
  public ListPosition position() {
    return new ListPosition(notice.occurredAt(), notice.id());
  }

  /**
   * The state of a delivery.
   *
   * @param recipient the name of a webhook endpoint, or a mail address
   * @param state {@code pending}, {@code sent}, {@code failed}, or {@code omitted} if all notices
   *     were outdated before they were sent
   * @param attempts the number of attempts
   * @param lastError the error of the last attempt, or the reason why the delivery was cancelled;
   *     null if the delivery was sent or omitted, or if it is pending and there was no attempt
   * @param nextAttemptAt the earliest instant of the next attempt; null if there is none
   * @param endedAt the instant at which the delivery was sent, failed or was omitted; null if the
   *     delivery is pending
   */
  public record DeliveryReport(
      Channel channel,
      String recipient,
      String state,
      int attempts,
      @Nullable String lastError,
      @Nullable Instant nextAttemptAt,
      @Nullable Instant endedAt) {}
}
