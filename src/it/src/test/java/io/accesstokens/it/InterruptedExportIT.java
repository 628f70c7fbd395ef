package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Tests that a client can recognize an incomplete export after the database has failed.
 *
 * <p>The events exceed the buffers of a connection. The server is therefore in the middle of the
 * export when the reader stops, and its memory cannot hold all events.
 */
class InterruptedExportIT {

  private static final int EVENTS = 300_000;

  /** About a tenth of the export. */
  private static final int BEGINNING = 4_000_000;

  private static final String EXPORT = PATH + "/audit/export?format=";

  /** Credentials {@code alice:alice}. */
  private static final String AUTHORIZATION = "Basic YWxpY2U6YWxpY2U=";

  /** During a stop of the machine, the server can give up a client that reads nothing. */
  @Test
  void interruptedExportDoesNotLookComplete() throws Exception {
    TimeLimits.repeatAfterStop(InterruptedExportIT::interruptExports);
  }

  private static void interruptExports() throws Exception {
    try (MariaDbServer server = MariaDbServer.create()) {
      server.start();
      TestDatabase database = server.newDatabase();
      WarProcess call = WarProcess.inNewFolder().withDatabase(database).withJvmOptions("-Xmx96m");
      try (RunningApplication application = RunningApplication.start(call)) {
        String token = new ServiceTokens(application.api().as("alice")).create().id();
        insert(database, token, EVENTS);
        isWholeAsLongAsNothingBreaks(application);
        byte[] cut = received(application, server);
        String end = new String(cut, cut.length - 200, 200, StandardCharsets.UTF_8);
        assertFalse(end.endsWith("0\r\n\r\n"), "the last chunk was sent: " + end);
        assertFalse(end.contains("problem"), "an error was appended: " + end);
        server.start();
        awaitReady(application);
        clientReceivesAnError(application, server);
        assertTrue(application.isAlive(), "the application has ended");
        server.start();
        awaitReady(application);
        isWholeAsLongAsNothingBreaks(application);
      }
    }
  }

  /** Inserts audit events of a token. */
  static void insert(TestDatabase database, String token, int events) throws SQLException {
    database
        .sql()
        .execute(
            """
            insert into service_access_token_audit_log
              (id, token_id, event, actor, metadata, occurred_at, group_entity_ref)
            select uuid(), '%s', 'imported', 'user:default/alice', '{"source":"elsewhere"}',
               utc_timestamp(3) - interval seq second, 'group:default/platform'
            from seq_1_to_%d
            """
                .formatted(token, events));
  }

  private static HttpResponse<InputStream> open(RunningApplication application, String format)
      throws IOException, InterruptedException {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create(application.api().origin() + EXPORT + format))
                .header("Authorization", AUTHORIZATION)
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
  }

  private static void isWholeAsLongAsNothingBreaks(RunningApplication application)
      throws Exception {
    try (InputStream body = open(application, "ndjson").body()) {
      long lines = 0;
      byte[] part = new byte[1 << 16];
      for (int read = body.read(part); read >= 0; read = body.read(part)) {
        for (int i = 0; i < read; i++) {
          lines += part[i] == '\n' ? 1 : 0;
        }
      }
      assertEquals(EVENTS + 1, lines);
    }
  }

  /** Returns all bytes of a connection during which the database stops. */
  private static byte[] received(RunningApplication application, MariaDbServer server)
      throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (Socket socket = application.socket().connect()) {
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + EXPORT
                      + "csv HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                      + AUTHORIZATION
                      + "\r\n\r\n")
                  .getBytes(US_ASCII));
      InputStream in = socket.getInputStream();
      received.write(in.readNBytes(BEGINNING));
      String head = new String(received.toByteArray(), 0, 3_000, StandardCharsets.UTF_8);
      assertTrue(head.startsWith("HTTP/1.1 200"), head);
      assertTrue(head.contains("chunked"), head);
      server.kill();
      try {
        in.transferTo(received);
      } catch (SocketException e) {
        // A reset shows the failure as clearly as an early end.
      }
    }
    return received.toByteArray();
  }

  private static void awaitReady(RunningApplication application) {
    Awaitility.await("ready again")
        .until(() -> application.api().get("/health/ready").status() == 200);
  }

  private static void clientReceivesAnError(RunningApplication application, MariaDbServer server)
      throws Exception {
    HttpResponse<InputStream> response = open(application, "csv");
    assertEquals(200, response.statusCode());
    try (InputStream body = response.body()) {
      body.readNBytes(BEGINNING);
      server.kill();
      assertThrows(IOException.class, body::readAllBytes);
    }
  }
}
