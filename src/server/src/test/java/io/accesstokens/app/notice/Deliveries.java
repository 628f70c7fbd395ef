package io.accesstokens.app.notice;

import io.accesstokens.notice.Channel;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeToken;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Deliveries for tests of senders. */
final class Deliveries {

  static final Instant NOON = Instant.parse("2026-03-01T12:00:00.120Z");
  static final UUID ID = UUID.fromString("6f1c3f5e-52a8-4b0f-9f0a-3a8a34a7f0b1");

  private Deliveries() {}

  static Notice notice(NoticeEvent event, String name, EntityRef owner) {
    return new Notice(
        ID,
        "key",
        event,
        event == NoticeEvent.EXPIRING ? 7 : null,
        new NoticeToken(
            owner.kind().equals(EntityRef.USER) ? RawToken.Kind.PERSONAL : RawToken.Kind.SERVICE,
            UUID.fromString("11111111-2222-4333-8444-555555555555"),
            name,
            "bsat_abcdefg",
            owner,
            NOON.minusSeconds(60),
            NOON.plusSeconds(3600)),
        event == NoticeEvent.EXPIRING || event == NoticeEvent.EXPIRED ? null : "user:default/alice",
        null,
        NOON);
  }

  /** Returns a notice about the use of an ended secret. */
  static Notice endedSecretUsed(String prefix, @Nullable String address, EntityRef owner) {
    Notice notice = notice(NoticeEvent.ENDED_SECRET_USED, "old", owner);
    return new Notice(
        notice.id(),
        notice.key(),
        notice.event(),
        null,
        notice.token(),
        "service-token:group:default/platform:old",
        new Notice.SecretUse(prefix, address),
        notice.occurredAt());
  }

  static Notice notice(NoticeEvent event) {
    return notice(event, "ci", EntityRef.parseGroup("group:default/platform").orElseThrow());
  }

  static Delivery webhook(NoticeEvent event) {
    return delivery(Channel.WEBHOOK, "hook", List.of(notice(event)), 1);
  }

  static Delivery mail(String recipient, Notice... notices) {
    return delivery(Channel.MAIL, recipient, List.of(notices), notices.length);
  }

  static Delivery delivery(Channel channel, String recipient, List<Notice> notices, int total) {
    return new Delivery(
        ID, UUID.randomUUID(), NOON.plusSeconds(300), channel, recipient, 0, notices, total);
  }
}
