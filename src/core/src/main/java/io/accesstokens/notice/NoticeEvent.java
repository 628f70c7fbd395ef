package io.accesstokens.notice;

import io.accesstokens.token.audit.AuditEvent;
import java.util.Arrays;
import java.util.Optional;

/** The kinds of notices. */
public enum NoticeEvent {
  /** A token was created. */
  CREATED("token.created", false),
  /** A token got a new secret. */
  ROTATED("token.rotated", true),
  /** A token was revoked. */
  REVOKED("token.revoked", false),
  /** A token expires soon. */
  EXPIRING("token.expiring", true),
  /** A token has expired. */
  EXPIRED("token.expired", true),
  /** A client used a secret that had already ended. */
  ENDED_SECRET_USED("token.ended-secret-used", true);

  private final String text;
  private final boolean mailed;

  NoticeEvent(String text, boolean mailed) {
    this.text = text;
    this.mailed = mailed;
  }

  /** Returns the name of the event in settings, webhooks and the database. */
  public String text() {
    return text;
  }

  /** Returns true if mails report this event. Webhooks can report all events. */
  public boolean isMailed() {
    return mailed;
  }

  /** Returns the event with this name; empty if there is none. */
  public static Optional<NoticeEvent> parse(String text) {
    return Arrays.stream(values()).filter(event -> event.text.equals(text)).findFirst();
  }

  /** Returns the event that reports a change of a token; empty if no notice reports the change. */
  public static Optional<NoticeEvent> of(AuditEvent.Type change) {
    return switch (change) {
      case CREATED, MINTED -> Optional.of(CREATED);
      case REVOKED -> Optional.of(REVOKED);
      case ROTATED -> Optional.of(ROTATED);
      case ENDED_SECRET_USED -> Optional.of(ENDED_SECRET_USED);
      case EXCHANGED, IMPORTED, UPDATED, PREVIOUS_SECRET_ENDED -> Optional.empty();
    };
  }
}
