package io.accesstokens.app.notice;

import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.NoticeSender;
import io.accesstokens.notice.SendResult;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.FailureReason;
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
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends mails through an SMTP server. A mail has a plain text and the same text as HTML. The header
 * fields contain only constant texts, numbers and checked mail addresses.
 */
public final class SmtpSender implements NoticeSender {

  /** Timeout of the connect, of each read and of each write. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * Maximum time of an attempt to send a mail. Read timeouts do not limit an attempt, because a
   * server can send one byte before each timeout. The attempt ends later only if the operating
   * system has not resolved the host name by then.
   */
  static final Duration DEADLINE = Duration.ofSeconds(50);

  private final MailServer server;
  private final MailText text;
  private final Clock clock;
  private final Duration timeout;
  private final Duration deadline;
  private final SSLSocketFactory tls;
  private final DaemonThreads threads = new DaemonThreads("access-tokens-mail-deadline");
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, threads);
  private final TrackedSockets sockets = new TrackedSockets();
  private final Session session;

  public SmtpSender(MailServer server, MailText text, Clock clock) {
    this(server, text, clock, TIMEOUT, DEADLINE, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  SmtpSender(
      MailServer server,
      MailText text,
      Clock clock,
      Duration timeout,
      Duration deadline,
      SSLSocketFactory tls) {
    this.server = server;
    this.text = text;
    this.clock = clock;
    this.timeout = timeout;
    this.deadline = deadline;
    this.tls = tls;
    this.session = Session.getInstance(properties());
  }

  private Properties properties() {
    String millis = String.valueOf(timeout.toMillis());
    Properties properties = new Properties();
    properties.put("mail.smtp.socketFactory", sockets);
    properties.setProperty("mail.smtp.socketFactory.fallback", "false");
    properties.setProperty("mail.smtp.connectiontimeout", millis);
    properties.setProperty("mail.smtp.timeout", millis);
    properties.setProperty("mail.smtp.writetimeout", millis);
    properties.setProperty("mail.smtp.starttls.enable", String.valueOf(server.startTls()));
    properties.setProperty("mail.smtp.starttls.required", String.valueOf(server.startTls()));
    properties.put("mail.smtp.ssl.socketFactory", tls);
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
    AtomicBoolean late = new AtomicBoolean();
    Future<?> end;
    try {
      end =
          timer.schedule(
              () -> {
                late.set(true);
                sockets.closeAll();
              },
              deadline.toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return new SendResult.Retry("the service is stopping");
    }
    SendResult result;
    try {
      result = attempt(delivery);
    } finally {
      end.cancel(false);
    }
    return result instanceof SendResult.Retry && late.get()
        ? new SendResult.Retry(
            "the mail server did not accept the mail within " + deadline.toSeconds() + " s")
        : result;
  }

  private SendResult attempt(Delivery delivery) {
    boolean accepted = false;
    try (Transport transport = session.getTransport("smtp")) {
      MimeMessage message = message(delivery);
      Supplier<String> password = server.password();
      transport.connect(
          server.host(), server.port(), server.user(), password == null ? null : password.get());
      transport.sendMessage(message, message.getAllRecipients());
      accepted = true;
      return new SendResult.Sent();
    } catch (AuthenticationFailedException e) {
      return new SendResult.Retry("the mail server rejected the user or the password");
    } catch (SendFailedException e) {
      return e.getInvalidAddresses() != null && e.getInvalidAddresses().length > 0
          ? new SendResult.Failed("the mail server rejected the address")
          : new SendResult.Retry("the mail server did not accept the mail");
    } catch (MessagingException | RuntimeException e) {
      if (accepted) {
        return new SendResult.Sent(); // closing the connection failed
      }
      return new SendResult.Retry(reason(e));
    }
  }

  /**
   * Returns the reason of a failed connection. Uses only messages of TLS: other messages can repeat
   * texts of the server.
   */
  private static String reason(Throwable e) {
    boolean isOutage = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return "no TLS connection to the mail server with a trusted certificate ("
            + FailureReason.of(cause)
            + ')';
      }
      isOutage |= cause instanceof IOException;
    }
    return isOutage
        ? "the mail server cannot be reached"
        : "the connection to the mail server failed";
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
    timer.shutdownNow();
    sockets.closeAll();
  }
}
