package io.accesstokens.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.testing.syslog.RsyslogServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the receivers of audit events miss none, whatever fails. */
class AuditStreamIT {

  private static final int EVENTS = Integer.getInteger("access-tokens.auditStreamEvents", 2_000);
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Pattern SEQUENCE = Pattern.compile("\"sequence\":([0-9]+)");
  private static final Pattern LOG_INDEX = Pattern.compile("\"logIndex\":([0-9]+)");

  @TempDir Path folder;

  @Test
  void receiversThatWereDownMissNoEvent() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    Certificate certificate = Certificate.selfSigned(directory("tls"));
    Path file = folder.resolve("audit.ndjson");
    try (Receiver receiver = new Receiver();
        RsyslogServer syslog = new RsyslogServer(directory("rsyslog"), certificate)) {
      WarProcess call = call(database, receiver, syslog, certificate, file);
      try (RunningApplication application = RunningApplication.start(call)) {
        insertEvents(database);
        await("events wait for receivers that are down")
            .atMost(TIMEOUT)
            .untilAsserted(() -> assertWaiting(application));
        receiver.start();
        syslog.start();
        receiver.awaitLastBatchBeforeKill();
        application.kill(); // the webhook has no response yet
        receiver.proceed();
      }
      try (RunningApplication application = RunningApplication.start(call)) {
        await("all events arrive")
            .atMost(TIMEOUT)
            .untilAsserted(
                () -> {
                  Metrics metrics = Metrics.read(application.api().as("alice"));
                  for (String target : List.of("webhook", "syslog", "file")) {
                    metrics
                        .expect(0, series("lag_entries", target))
                        .expect(0, series("lag_seconds", target));
                  }
                  assertComplete("webhook", receiver.indexes());
                  assertComplete("syslog", indexes(LOG_INDEX, syslog.messages()));
                  assertComplete("file", indexes(LOG_INDEX, Files.readAllLines(file)));
                });
      }
      List<Long> received = receiver.indexes();
      assertTrue(
          received.size() > EVENTS, "the batch without a response is repeated: " + received.size());
    }
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private static WarProcess call(
      TestDatabase database,
      Receiver receiver,
      RsyslogServer syslog,
      Certificate certificate,
      Path file) {
    WarProcess call = WarProcess.inNewFolder().inSeparateProcess();
    byte[] key = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    return call.withDatabase(database)
        .withConfig(
            """
            personal:
              encryptionKey: %s
            auditLog:
              stream:
                webhooks:
                  - name: webhook
                    url: http://127.0.0.1:%d/events
                    secretFile: %s
                    allowedAddresses: [127.0.0.1]
                syslog:
                  - name: syslog
                    host: 127.0.0.1
                    port: %d
                    caFile: %s
                    format: json
                files:
                  - name: file
                    path: %s
                    format: json
            """
                .formatted(
                    Base64.getEncoder().encodeToString(key),
                    receiver.port(),
                    call.file("webhook-secret", SECRET + '\n'),
                    syslog.port(),
                    certificate.certificateFile(),
                    file));
  }

  /** Adds events without requests, so that the test is cheap. */
  private static void insertEvents(TestDatabase database) throws Exception {
    LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);
    try (Connection connection = database.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into service_access_token_audit_log"
                    + " (id, token_id, event, actor, metadata, occurred_at, group_entity_ref)"
                    + " values (?, ?, 'created', 'user:default/alice', '{}', ?,"
                    + " 'group:default/payments')")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < EVENTS; i++) {
        insert.setString(1, UUID.randomUUID().toString());
        insert.setString(2, UUID.randomUUID().toString());
        insert.setObject(3, now.plusNanos(i * 1_000_000L));
        insert.addBatch();
      }
      insert.executeBatch();
      connection.commit();
    }
  }

  private static String series(String name, String target) {
    return "access_tokens_audit_stream_" + name + "{target=\"" + target + "\"}";
  }

  /** Checks that a file gets all events while the other receivers are down. */
  private static void assertWaiting(RunningApplication application) {
    Metrics metrics = Metrics.read(application.api().as("alice"));
    metrics
        .expect(EVENTS, series("lag_entries", "webhook"))
        .expect(EVENTS, series("lag_entries", "syslog"))
        .expect(0, series("lag_entries", "file"))
        .expect(EVENTS, series("sent_total", "file"));
    assertTrue(metrics.value(series("failures_total", "webhook")) > 0, "failures of the webhook");
    assertTrue(metrics.value(series("failures_total", "syslog")) > 0, "failures of syslog");
  }

  /**
   * Checks that all events arrived in their order. An event can be repeated, but never left out.
   */
  private static void assertComplete(String target, List<Long> indexes) {
    long next = 0;
    for (long index : indexes) {
      assertTrue(index <= next, target + " received " + index + " before " + next);
      next = Math.max(next, index + 1);
    }
    assertEquals(EVENTS, next, target);
  }

  private static List<Long> indexes(Pattern pattern, List<String> texts) {
    List<Long> indexes = new ArrayList<>();
    for (String text : texts) {
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        indexes.add(Long.valueOf(matcher.group(1)));
      }
    }
    return indexes;
  }

  /** A webhook receiver that stops responding at one batch, until the test continues. */
  private static final class Receiver implements AutoCloseable {

    private static final int BATCHES_BEFORE_KILL = 5;

    private final int port = RunningApplication.freePort();
    private final List<Long> indexes = new ArrayList<>();
    private final CountDownLatch blocked = new CountDownLatch(BATCHES_BEFORE_KILL);
    private final CountDownLatch proceed = new CountDownLatch(1);
    private @Nullable HttpServer server;

    int port() {
      return port;
    }

    void start() throws IOException {
      HttpServer created =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
      created.setExecutor(Executors.newCachedThreadPool());
      created.createContext("/events", this::receive);
      created.start();
      server = created;
    }

    private void receive(HttpExchange exchange) throws IOException {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(exchange.getRequestHeaders().containsKey("Webhook-Signature"), "signature");
      synchronized (indexes) {
        indexes.addAll(AuditStreamIT.indexes(SEQUENCE, List.of(body)));
      }
      blocked.countDown();
      if (blocked.getCount() == 0) {
        awaitLatch(proceed);
      }
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    }

    void awaitLastBatchBeforeKill() {
      awaitLatch(blocked);
    }

    private static void awaitLatch(CountDownLatch latch) {
      await().atMost(TIMEOUT).until(() -> latch.getCount() == 0);
    }

    void proceed() {
      proceed.countDown();
    }

    List<Long> indexes() {
      synchronized (indexes) {
        return List.copyOf(indexes);
      }
    }

    @Override
    public void close() {
      HttpServer running = server;
      if (running != null) {
        running.stop(0);
      }
    }
  }
}
