package io.accesstokens.app.notice;

import io.accesstokens.notice.ExpiryThresholds;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeRouting;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The validated settings of notices.
 *
 * @param timeOfDay the time after midnight (UTC) at which the daily job begins
 * @param mailServer the mail server; null if no mails are sent
 */
public record NoticeConfiguration(
    ExpiryThresholds thresholds,
    Duration timeOfDay,
    @Nullable MailServer mailServer,
    List<WebhookEndpoint> webhooks) {

  public NoticeConfiguration {
    webhooks = List.copyOf(webhooks);
  }

  /** Returns true if notices are sent. */
  public boolean isEnabled() {
    return mailServer != null || !webhooks.isEmpty();
  }

  /** Returns which channels (mail, webhooks) report each event. */
  public NoticeRouting routing() {
    Set<NoticeEvent> events = new HashSet<>();
    webhooks.forEach(webhook -> events.addAll(webhook.events()));
    return new NoticeRouting(events, mailServer != null);
  }
}
