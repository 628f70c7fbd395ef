package io.accesstokens.app.notice;

import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.NoticeSender;
import io.accesstokens.notice.SendResult;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.FailureReason;
import io.accesstokens.verify.limit.LogLimit;
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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends mails through an SMTP server. A mail has a plain text and the same text as HTML. The header
 * fields contain only constant texts, numbers and checked mail addresses.
 */
public final class SmtpSender implements NoticeSender {

  private static final Logger LOG = System.getLogger(SmtpSender.class.getName());

  /** Timeout of the connect, of each read and of each write. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * Maximum time of an attempt to send a mail. Read timeouts do not limit an attempt, because a
   * server can send one byte before each timeout.
   */
  static final Duration DEADLINE = Duration.ofSeconds(50);

  /**
   * Maximum wait for the end of an attempt after its connection was closed. An attempt can take
   * longer if the operating system is still resolving the host name. This attempt sends no mail.
   */
  static final Duration END_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final SendResult STOPPING = new SendResult.Retry("the service is stopping");

  private final MailServer server;
  private final MailText text;
  private final Clock clock;
  private final LogLimit errors = new LogLimit(1);
  private final Duration timeout;
  private final Duration deadline;
  private final Duration endTimeout;
  private final SSLSocketFactory tls;
  private final DaemonThreads threads = new DaemonThreads("access-tokens-mail");
  private final ExecutorService attempts = Executors.newCachedThreadPool(threads);
  private final TrackedSockets sockets = new TrackedSockets();
  private final Session session;

  public SmtpSender(MailServer server, MailText text, Clock clock) {
    this(
        server,
        text,
        clock,
        TIMEOUT,
        DEADLINE,
        END_TIMEOUT,
        (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  SmtpSender(
      MailServer server,
      MailText text,
      Clock clock,
      Duration timeout,
      Duration deadline,
      Duration endTimeout,
      SSLSocketFactory tls) {
    this.server = server;
    this.text = text;
    this.clock = clock;
    this.timeout = timeout;
    this.deadline = deadline;
    this.endTimeout = endTimeout;
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
    Future<SendResult> attempt;
    try {
      Supplier<String> password = server.password();
      String current = password == null ? null : password.get();
      attempt = attempts.submit(() -> attempt(delivery, current));
    } catch (RejectedExecutionException e) {
      return STOPPING;
    }
    try {
      try {
        return attempt.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        return resultAfterDeadline(attempt);
      }
    } catch (InterruptedException e) {
      attempt.cancel(true); // first, because an interrupted thread cannot create a socket
      sockets.closeAll();
      Thread.currentThread().interrupt();
      return STOPPING;
    } catch (ExecutionException e) {
      if (errors.admit().isPresent()) {
        LOG.log(Level.ERROR, "a mail could not be sent", e.getCause());
      }
      return new SendResult.Retry("an internal error");
    }
  }

  /** Closes the connection of an attempt, and returns the result of the attempt. */
  private SendResult resultAfterDeadline(Future<SendResult> attempt)
      throws InterruptedException, ExecutionException {
    sockets.closeAll();
    SendResult late =
        new SendResult.Retry(
            "the mail server did not accept the mail within " + deadline.toSeconds() + " s");
    try {
      SendResult result = attempt.get(endTimeout.toMillis(), TimeUnit.MILLISECONDS);
      return result instanceof SendResult.Retry ? late : result;
    } catch (TimeoutException e) {
      if (!attempt.cancel(true)) { // an interrupted thread cannot create a socket
        SendResult result = attempt.get(); // has just ended
        return result instanceof SendResult.Retry ? late : result;
      }
      sockets.closeAll(); // also a socket that was created after the deadline
      return late;
    }
  }

  private SendResult attempt(Delivery delivery, @Nullable String password) {
    boolean accepted = false;
    try (Transport transport = session.getTransport("smtp")) {
      MimeMessage message = message(delivery);
      transport.connect(server.host(), server.port(), server.user(), password);
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
    attempts.shutdown();
    sockets.close();
    threads.shutDown(attempts, STOP_TIMEOUT);
  }
}
