package io.accesstokens.app.notice;

import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.NoticeSender;
import io.accesstokens.notice.SendResult;
import io.accesstokens.token.directory.MailDirectory;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Sends mails through an SMTP server. A mail has a plain text and the same text as HTML. The header
 * fields contain only constant texts, numbers and checked mail addresses.
 */
public final class SmtpSender implements NoticeSender {

  /** Timeout of the connect, of each read and of each write. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final MailServer server;
  private final MailText text;
  private final Clock clock;
  private final Session session;
  private final Duration timeout;

  public SmtpSender(MailServer server, MailText text, Clock clock) {
    this(server, text, clock, TIMEOUT);
  }

  SmtpSender(MailServer server, MailText text, Clock clock, Duration timeout) {
    this.server = server;
    this.text = text;
    this.clock = clock;
    this.timeout = timeout;
    this.session = Session.getInstance(properties());
  }

  private Properties properties() {
    String millis = String.valueOf(timeout.toMillis());
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.connectiontimeout", millis);
    properties.setProperty("mail.smtp.timeout", millis);
    properties.setProperty("mail.smtp.writetimeout", millis);
    properties.setProperty("mail.smtp.starttls.enable", String.valueOf(server.startTls()));
    properties.setProperty("mail.smtp.starttls.required", String.valueOf(server.startTls()));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty("mail.smtp.auth", String.valueOf(server.user() != null));
    properties.setProperty("mail.smtp.from", server.from());
    properties.setProperty("mail.smtp.localhost", domain());
    properties.setProperty("mail.smtp.quitwait", "false");
    return properties;
  }

  private String domain() {
    return server.from().substring(server.from().indexOf('@') + 1);
  }

  @Override
  public SendResult send(Delivery delivery) {
    if (!MailDirectory.isAddress(delivery.recipient())) {
      return new SendResult.Failed("the recipient is not a valid mail address");
    }
    try (Transport transport = session.getTransport("smtp")) {
      MimeMessage message = message(delivery);
      Supplier<String> password = server.password();
      transport.connect(
          server.host(), server.port(), server.user(), password == null ? null : password.get());
      transport.sendMessage(message, message.getAllRecipients());
      return new SendResult.Sent();
    } catch (AuthenticationFailedException e) {
      return new SendResult.Retry("the mail server rejected the user or the password");
    } catch (SendFailedException e) {
      return e.getInvalidAddresses() != null && e.getInvalidAddresses().length > 0
          ? new SendResult.Failed("the mail server rejected the address")
          : new SendResult.Retry("the mail server did not accept the mail");
    } catch (MessagingException | RuntimeException e) {
      // The message of the exception can repeat texts of the server, so it is not used.
      return new SendResult.Retry(
          isOutage(e)
              ? "the mail server cannot be reached"
              : "the connection to the mail server failed");
    }
  }

  private static boolean isOutage(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private MimeMessage message(Delivery delivery) throws MessagingException {
    MailText.Mail mail = text.of(delivery);
    String charset = StandardCharsets.UTF_8.name();
    MimeBodyPart plain = new MimeBodyPart();
    plain.setText(mail.plain(), charset);
    MimeBodyPart html = new MimeBodyPart();
    html.setText(mail.html(), charset, "html");
    MimeMessage message = new IdentifiedMessage(session, delivery.id(), domain());
    message.setFrom(new InternetAddress(server.from(), true));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(delivery.recipient(), true));
    message.setSubject(mail.subject(), charset);
    message.setSentDate(Date.from(clock.instant()));
    // RFC 3834, section 5: automatic responders do not respond to this mail.
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setContent(new MimeMultipart("alternative", plain, html));
    message.saveChanges();
    return message;
  }

  /** A message whose id is the same in each attempt, so that servers can recognize a repetition. */
  private static final class IdentifiedMessage extends MimeMessage {

    private final String id;

    IdentifiedMessage(Session session, UUID id, String domain) {
      super(session);
      this.id = '<' + id.toString() + '@' + domain + '>';
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }

  @Override
  public void close() {
    // A running attempt ends by its timeouts. Transport.close() would wait for the attempt.
  }
}
