package io.accesstokens.app.notice;

import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.Notice.SecretUse;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeToken;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the texts of mails. All times are in UTC. */
public final class MailText {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String PAGES = "/admin/access-tokens/";

  private final @Nullable URI publicUrl;

  /**
   * Creates the writer of mail texts.
   *
   * @param publicUrl the URL of the pages without a slash at its end; null to omit links
   */
  public MailText(@Nullable URI publicUrl) {
    this.publicUrl = publicUrl;
  }

  /** A mail. The subject contains only constant texts and numbers. */
  record Mail(String subject, String plain, String html) {}

  /** A part of a mail: the notices of one event. */
  private record Section(NoticeEvent event, String title) {}

  private static final List<Section> SECTIONS =
      List.of(
          new Section(NoticeEvent.ENDED_SECRET_USED, "A secret that has ended is still used"),
          new Section(NoticeEvent.EXPIRED, "Expired"),
          new Section(NoticeEvent.EXPIRING, "Expires soon"),
          new Section(NoticeEvent.ROTATED, "Has a new secret"),
          new Section(NoticeEvent.REVOKED, "Revoked"),
          new Section(NoticeEvent.CREATED, "Created"));

  Mail of(Delivery delivery) {
    int total = delivery.total();
    String subject = "Access tokens: " + total + (total == 1 ? " notice" : " notices");
    StringBuilder plain = new StringBuilder();
    StringBuilder html =
        new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><title>")
            .append(subject)
            .append("</title></head><body>\n");
    for (Section section : SECTIONS) {
      List<Notice> notices = new ArrayList<>(delivery.notices());
      notices.removeIf(notice -> notice.event() != section.event());
      if (!notices.isEmpty()) {
        plain.append(section.title()).append("\n\n");
        html.append("<h2>").append(escaped(section.title())).append("</h2>\n<ul>\n");
        for (Notice notice : notices) {
          add(notice, plain, html);
        }
        plain.append('\n');
        html.append("</ul>\n");
      }
    }
    int more = total - delivery.notices().size();
    if (more > 0) {
      plain.append("And ").append(more).append(" more.\n\n");
      html.append("<p>And ").append(more).append(" more.</p>\n");
    }
    if (publicUrl != null) {
      plain.append("Manage the tokens: ").append(publicUrl).append(PAGES).append('\n');
      String url = escaped(publicUrl.toString()) + PAGES;
      html.append("<p><a href=\"").append(url).append("\">Manage the tokens</a></p>\n");
    }
    return new Mail(subject, plain.toString(), html.append("</body></html>\n").toString());
  }

  private static void add(Notice notice, StringBuilder plain, StringBuilder html) {
    NoticeToken token = notice.token();
    String facts =
        " ("
            + token.prefix()
            + "…, "
            + token.owner()
            + "), "
            + (notice.event() == NoticeEvent.EXPIRED ? "expired " : "expires ")
            + time(token.expiresAt());
    String change = change(notice);
    plain.append("- ").append(token.name()).append(facts).append(change).append('\n');
    html.append("<li><strong>")
        .append(escaped(token.name()))
        .append("</strong>")
        .append(escaped(facts + change))
        .append("</li>\n");
  }

  /**
   * Returns the part of a line that describes the event: the time and the actor of a change, or the
   * use of an ended secret. Returns an empty text for an expiry.
   */
  private static String change(Notice notice) {
    SecretUse use = notice.endedSecretUse();
    if (use != null) {
      String address = use.address();
      return ", ended secret "
          + use.prefix()
          + "… used "
          + time(notice.occurredAt())
          + (address == null ? "" : " from " + address);
    }
    String actor = notice.actor();
    return actor == null ? "" : ", " + time(notice.occurredAt()) + " by " + actor;
  }

  private static String time(Instant instant) {
    return TIME.format(instant);
  }

  /**
   * Escapes the special characters of HTML in a text. The result can be HTML content, or an
   * attribute value in quotes.
   */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
