package io.accesstokens.app.notice;

import static io.accesstokens.app.notice.Deliveries.NOON;
import static io.accesstokens.app.notice.Deliveries.endedSecretUsed;
import static io.accesstokens.app.notice.Deliveries.mail;
import static io.accesstokens.app.notice.Deliveries.notice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.accesstokens.notice.Channel;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeDispatcher;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.SendResult;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.ClosedPort;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.verify.EntityRef;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpSenderTest {

  private static final EntityRef PLATFORM =
      EntityRef.parseGroup("group:default/platform").orElseThrow();

  /** A time that a busy machine does not exceed. */
  private static final Duration LONG = Duration.ofMinutes(3);

  private final List<SmtpSender> opened = new ArrayList<>();
  private GreenMail server;

  /** The timeout of the connect, of each read and of each write. */
  private Duration timeout = LONG;

  /** The maximum wait for the end of an attempt after its deadline. */
  private Duration endTimeout = LONG;

  private Clock clock = new ManualClock(NOON);

  @BeforeEach
  void start() {
    ServerSetup setup = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
    setup.setServerStartupTimeout(LONG.toMillis());
    server = new GreenMail(setup);
    server.start();
  }

  @AfterEach
  void stop() {
    opened.forEach(SmtpSender::close);
    server.stop();
  }

  private SmtpSender sender(boolean startTls, @Nullable String user, @Nullable String password) {
    return sender(server.getSmtp().getPort(), startTls, user, password);
  }

  private SmtpSender sender(
      int port, boolean startTls, @Nullable String user, @Nullable String password) {
    return sender(port, startTls, user, password, LONG);
  }

  private SmtpSender sender(
      int port,
      boolean startTls,
      @Nullable String user,
      @Nullable String password,
      Duration deadline) {
    return sender(
        new MailServer(
            "127.0.0.1",
            port,
            startTls,
            user,
            password == null ? null : () -> password,
            "access-tokens@example.com"),
        deadline,
        (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  private SmtpSender sender(MailServer mailServer, Duration deadline, SSLSocketFactory tls) {
    SmtpSender sender =
        new SmtpSender(
            mailServer,
            new MailText(URI.create("https://tokens.example.com/base")),
            clock,
            timeout,
            deadline,
            endTimeout,
            tls);
    opened.add(sender);
    return sender;
  }

  @Test
  void mailHasPlainTextAndHtml() throws Exception {
    EntityRef owner = EntityRef.parseGroup("group:default/<b>&team").orElseThrow();
    Delivery delivery =
        mail(
            "platform@example.com",
            notice(NoticeEvent.EXPIRING, "soon", owner),
            notice(NoticeEvent.EXPIRED, "over", PLATFORM),
            endedSecretUsed("bsat_ended01", "192.0.2.1", PLATFORM),
            endedSecretUsed("bsat_ended02", null, PLATFORM));
    assertEquals(new SendResult.Sent(), sender(false, null, null).send(delivery));
    MimeMessage[] received = server.getReceivedMessages();
    assertEquals(1, received.length);
    MimeMessage mail = received[0];
    assertEquals("Access tokens: 4 notices", mail.getSubject());
    assertEquals("access-tokens@example.com", mail.getFrom()[0].toString());
    assertEquals("platform@example.com", mail.getAllRecipients()[0].toString());
    assertEquals("auto-generated", mail.getHeader("Auto-Submitted")[0]);
    assertEquals("<" + delivery.id() + "@example.com>", mail.getMessageID());
    assertEquals(NOON.getEpochSecond(), mail.getSentDate().toInstant().getEpochSecond());
    Multipart parts = (Multipart) mail.getContent();
    assertEquals(2, parts.getCount());
    String plain = parts.getBodyPart(0).getContent().toString().replace("\r\n", "\n");
    assertEquals(
        """
        A secret that has ended is still used

        - old (bsat_abcdefg…, group:default/platform), expires 2026-03-01 13:00 UTC, ended secret bsat_ended01… used 2026-03-01 12:00 UTC from 192.0.2.1
        - old (bsat_abcdefg…, group:default/platform), expires 2026-03-01 13:00 UTC, ended secret bsat_ended02… used 2026-03-01 12:00 UTC

        Expired

        - over (bsat_abcdefg…, group:default/platform), expired 2026-03-01 13:00 UTC

        Expires soon

        - soon (bsat_abcdefg…, group:default/<b>&team), expires 2026-03-01 13:00 UTC

        Manage the tokens: https://tokens.example.com/base/admin/access-tokens/
        """,
        plain);
    assertTrue(parts.getBodyPart(1).isMimeType("text/html"), parts.getBodyPart(1).getContentType());
    String html = parts.getBodyPart(1).getContent().toString();
    assertTrue(html.contains("group:default/&lt;b&gt;&amp;team"), html);
    assertFalse(html.contains("<b>"), html);
  }

  @Test
  void longDigestIsShortened() throws Exception {
    Notice one = notice(NoticeEvent.EXPIRING, "ci", PLATFORM);
    Delivery delivery =
        Deliveries.delivery(
            Channel.MAIL,
            "platform@example.com",
            Collections.nCopies(Delivery.MAX_NOTICES, one),
            Delivery.MAX_NOTICES + 7);
    assertEquals(new SendResult.Sent(), sender(false, null, null).send(delivery));
    MimeMessage mail = server.getReceivedMessages()[0];
    assertEquals("Access tokens: 207 notices", mail.getSubject());
    String plain = ((Multipart) mail.getContent()).getBodyPart(0).getContent().toString();
    assertTrue(plain.contains("And 7 more."), plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@example.com\r\nBcc: all@example.com",
        "a@example.com, b@example.com",
        "\"a b\"@example.com",
        "Alice <alice@example.com>",
        "alice",
        "@example.com",
        "a@example.com\n",
        ""
      })
  void addressThatCouldChangeTheHeaderIsRefused(String address) {
    SendResult result = sender(false, null, null).send(mail(address, notice(NoticeEvent.EXPIRED)));
    assertEquals(new SendResult.Failed("the recipient is not a valid mail address"), result);
    assertEquals(0, server.getReceivedMessages().length);
  }

  @Test
  void passwordIsReadForEachConnection() {
    server.getUserManager().setAuthRequired(true);
    server.setUser("platform@example.com", "sender", "right");
    Delivery delivery = mail("platform@example.com", notice(NoticeEvent.EXPIRED));
    assertEquals(
        new SendResult.Retry("the mail server rejected the user or the password"),
        sender(false, "sender", "wrong").send(delivery));
    assertEquals(new SendResult.Sent(), sender(false, "sender", "right").send(delivery));
  }

  /** A missing class, for example, must not delay the other mails of the batch. */
  @Test
  void errorIsLoggedAndTheMailIsRepeated() {
    InstantSource source =
        () -> {
          throw new NoClassDefFoundError("a class");
        };
    clock = source.withZone(ZoneOffset.UTC);
    try (RecordedLog log = new RecordedLog(SmtpSender.class)) {
      assertEquals(
          new SendResult.Retry("an internal error"),
          sender(false, null, null)
              .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
      assertEquals(List.of("SEVERE a mail could not be sent"), log.lines());
    }
  }

  @Test
  void nothingIsSentWithoutTheRequiredEncryption() {
    SendResult result =
        sender(true, "sender", "pw-secret")
            .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED)));
    assertEquals(new SendResult.Retry("the connection to the mail server failed"), result);
    assertEquals(0, server.getReceivedMessages().length);
  }

  @Test
  void certificateForAnotherNameIsRefused(@TempDir Path folder) throws Exception {
    Certificate certificate = Certificate.selfSigned(folder, "DNS:localhost");
    assertEquals(
        new SendResult.Failed("the mail server rejected the address"),
        sendWithTls("localhost", certificate));
    assertEquals(
        new SendResult.Retry(
            "no TLS connection to the mail server with a trusted certificate"
                + " (SSLHandshakeException: CertificateException: No subject alternative names"
                + " matching IP address 127.0.0.1 found)"),
        sendWithTls("127.0.0.1", certificate));
  }

  /** Sends a mail to a server whose certificate is trusted, and which rejects the address. */
  private SendResult sendWithTls(String host, Certificate certificate) throws Exception {
    try (SmtpScript script = new SmtpScript("550 no such user", certificate.serving())) {
      MailServer secured =
          new MailServer(host, script.port(), true, null, null, "access-tokens@example.com");
      return sender(secured, LONG, certificate.trusting().getSocketFactory())
          .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED)));
    }
  }

  @Test
  void unreachableServerIsRepeated() {
    try (ClosedPort port = new ClosedPort()) {
      assertEquals(
          new SendResult.Retry("the mail server cannot be reached"),
          sender(port.port(), false, null, null)
              .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
    }
  }

  @Test
  void hangingServerIsLeftAtTheTimeout() throws Exception {
    timeout = Duration.ofMillis(200);
    try (ScriptedServer hanging = new ScriptedServer()) {
      assertEquals(
          new SendResult.Retry("the mail server cannot be reached"),
          sender(hanging.port(), false, null, null)
              .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
    }
  }

  /** The server sends a part of its greeting before each timeout of a read. */
  @Test
  void slowServerIsLeftAtTheDeadline() throws Exception {
    SendResult late = new SendResult.Retry("the mail server did not accept the mail within 1 s");
    assertEquals(late, TimeLimits.within(Duration.ofSeconds(10), this::sendToSlowServer));
  }

  private SendResult sendToSlowServer() throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      greetSlowly(slow);
      return sender(slow.getLocalPort(), false, null, null, Duration.ofSeconds(1))
          .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED)));
    }
  }

  @Test
  void closeAbortsTheAttempt() throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CountDownLatch connected = greetSlowly(slow);
      SmtpSender sender = sender(slow.getLocalPort(), false, null, null);
      CompletableFuture<SendResult> result =
          CompletableFuture.supplyAsync(
              () -> sender.send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
      assertTrue(connected.await(60, TimeUnit.SECONDS), "the sender connects");
      sender.close();
      assertInstanceOf(SendResult.Retry.class, result.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void nothingIsSentAfterTheStop() {
    List<SmtpSender> closed = new ArrayList<>();
    SmtpSender sender =
        sender(
            new MailServer(
                "127.0.0.1",
                server.getSmtp().getPort(),
                false,
                "sender",
                () -> {
                  closed.forEach(SmtpSender::close);
                  return "right";
                },
                "access-tokens@example.com"),
            LONG,
            (SSLSocketFactory) SSLSocketFactory.getDefault());
    closed.add(sender);
    server.setUser("platform@example.com", "sender", "right");
    assertEquals(
        new SendResult.Retry("the service is stopping"),
        sender.send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
    assertEquals(0, server.getReceivedMessages().length);
  }

  /** For example, the name servers do not respond. */
  @Test
  void stuckAttemptIsLeftAtTheDeadlineAndSendsNothing() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CompletableFuture<Thread> stuck = new CompletableFuture<>();
    endTimeout = Duration.ofMillis(100);
    InstantSource source =
        () -> {
          stuck.complete(Thread.currentThread());
          while (released.getCount() > 0) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
          }
          return NOON;
        };
    clock = source.withZone(ZoneOffset.UTC);
    SmtpSender sender =
        sender(server.getSmtp().getPort(), false, null, null, Duration.ofSeconds(1));
    CompletableFuture<SendResult> result =
        CompletableFuture.supplyAsync(
            () -> sender.send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
    try {
      assertEquals(
          new SendResult.Retry("the mail server did not accept the mail within 1 s"),
          result.get(60, TimeUnit.SECONDS));
    } finally {
      released.countDown();
    }
    sender.close();
    stuck.get(60, TimeUnit.SECONDS).join(60_000);
    assertEquals(0, server.getReceivedMessages().length);
  }

  /** Another replica can take a claim when the claim ends. */
  @Test
  void deadlineIsShorterThanTheReserveOfAClaim() {
    Duration reserve = NoticeDispatcher.Leases.DEFAULT.reserve();
    Duration longest = SmtpSender.DEADLINE.plus(SmtpSender.END_TIMEOUT);
    assertTrue(longest.compareTo(reserve.minusMinutes(1)) < 0, "reserve " + reserve);
  }

  /** Accepts one connection, and sends a greeting that does not end. */
  private static CountDownLatch greetSlowly(ServerSocket listening) {
    CountDownLatch connected = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = listening.accept()) {
                OutputStream out = socket.getOutputStream();
                connected.countDown();
                while (true) {
                  out.write("220-wait\r\n".getBytes(StandardCharsets.US_ASCII));
                  out.flush();
                  TimeUnit.MILLISECONDS.sleep(100);
                }
              } catch (IOException | InterruptedException e) {
                // The client or the test has closed the connection.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return connected;
  }

  @Test
  void rejectedAddressIsNotRepeated() throws Exception {
    try (SmtpScript script = new SmtpScript("550 5.1.1 <x> no such user: s3cret")) {
      assertEquals(
          new SendResult.Failed("the mail server rejected the address"),
          sender(script.port(), false, null, null)
              .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
    }
    try (SmtpScript script = new SmtpScript("450 4.2.0 greylisted: s3cret")) {
      assertEquals(
          new SendResult.Retry("the mail server did not accept the mail"),
          sender(script.port(), false, null, null)
              .send(mail("platform@example.com", notice(NoticeEvent.EXPIRED))));
    }
  }

  @Test
  void descriptionsContainNoSecret() {
    MailServer settings =
        new MailServer("mail.example.com", 25, true, "user", () -> "s3cret", "a@example.com");
    assertEquals("mail.example.com:25", settings.toString());
  }
}
