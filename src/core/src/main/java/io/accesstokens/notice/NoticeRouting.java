package io.accesstokens.notice;

import java.util.Set;

/**
 * Selects the channels of a notice. A notice is written only if it has at least one channel.
 *
 * @param webhookEvents the events that are sent to at least one webhook
 * @param mail true if mails are sent
 */
public record NoticeRouting(Set<NoticeEvent> webhookEvents, boolean mail) {

  /** Sends no notices. */
  public static final NoticeRouting NONE = new NoticeRouting(Set.of(), false);

  public NoticeRouting {
    webhookEvents = Set.copyOf(webhookEvents);
  }

  /** Returns true if a webhook reports the event. */
  public boolean sendsToWebhooks(NoticeEvent event) {
    return webhookEvents.contains(event);
  }

  /** Returns true if mails report the event. */
  public boolean sendsMail(NoticeEvent event) {
    return mail && event.isMailed();
  }

  /** Returns true if a webhook or a mail reports the event. */
  public boolean sends(NoticeEvent event) {
    return sendsToWebhooks(event) || sendsMail(event);
  }
}
