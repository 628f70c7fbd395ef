package io.accesstokens.app.stream;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.file.TrustedAuthorities;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.syslog.RsyslogServer;
import io.accesstokens.transparency.stream.StreamException;
import io.accesstokens.transparency.stream.StreamFormat;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyslogStreamSenderTest {

  /** A name of the server that its certificate does not have. */
  private static final String OTHER_NAME = "other.example.com";

  /** A name with two addresses. No server listens on the first address. */
  private static final String TWO_ADDRESSES = "two.example.com";

  /** The deadline of the tests whose server responds, too long for a busy machine to exceed. */
  private static final Duration LONG = Duration.ofMinutes(3);

  private static final InMemoryDnsResolver NAMES = new InMemoryDnsResolver();

  static {
    NAMES.add("127.0.0.1", InetAddress.getLoopbackAddress());
    NAMES.add(OTHER_NAME, InetAddress.getLoopbackAddress());
    NAMES.add(TWO_ADDRESSES, address(2), address(1));
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @TempDir Path directory;

  private static SyslogStreamSender stream(String host, int port, Certificate trusted)
      throws Exception {
    return stream(host, port, trusted, LONG);
  }

  private static SyslogStreamSender stream(
      String host, int port, Certificate trusted, Duration deadline) throws Exception {
    return new SyslogStreamSender(
        new StreamTargetConfiguration.Syslog(
            host, port, TrustedAuthorities.of(trusted.certificateFile())),
        NAMES,
        StreamFormat.JSON,
        deadline);
  }

  private Certificate certificate(String name, String names) throws Exception {
    return Certificate.selfSigned(Files.createDirectory(directory.resolve(name)), names);
  }

  @Test
  void eachAddressOfTheServerIsTried() throws Exception {
    Certificate certificate = certificate("server", "DNS:" + TWO_ADDRESSES);
    try (ScriptedServer server = new ScriptedServer(certificate.serving());
        SyslogStreamSender stream = stream(TWO_ADDRESSES, server.port(), certificate)) {
      stream.send(Batches.of(0, 1));
    }
  }

  @Test
  void serverThatDoesNotRespondIsLeftAtTheDeadline() throws Exception {
    Certificate certificate = certificate("server", "IP:127.0.0.1");
    try (ServerSocket hanging = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SyslogStreamSender stream =
            stream("127.0.0.1", hanging.getLocalPort(), certificate, Duration.ofSeconds(1))) {
      StreamException late =
          assertThrows(StreamException.class, () -> stream.send(Batches.of(0, 1)));
      assertEquals("the syslog server did not accept the events within 1 s", late.getMessage());
    }
  }

  @Test
  void realServerReceivesEachMessageInOrder() throws Exception {
    Certificate certificate = certificate("server", "IP:127.0.0.1");
    Certificate other = certificate("other", "IP:127.0.0.1");
    try (RsyslogServer server =
            new RsyslogServer(Files.createDirectory(directory.resolve("rsyslog")), certificate);
        SyslogStreamSender stream = stream("127.0.0.1", server.port(), certificate);
        SyslogStreamSender untrusting = stream("127.0.0.1", server.port(), other);
        SyslogStreamSender renamed = stream(OTHER_NAME, server.port(), certificate)) {
      StreamException down =
          assertThrows(StreamException.class, () -> stream.send(Batches.of(0, 1)));
      assertEquals(
          "the syslog server cannot be reached, or it closed the connection early",
          down.getMessage());
      server.start();
      await()
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(
              () -> {
                stream.send(Batches.of(0, 100));
                return true;
              });
      stream.send(Batches.of(100, 50));
      await().atMost(Duration.ofMinutes(1)).until(() -> server.messages().size() >= 150);
      List<String> expected = new ArrayList<>();
      for (long i = 0; i < 150; i++) {
        expected.add("110 log.example.com access-tokens created " + Batches.item(i).text());
      }
      assertEquals(expected, server.messages());
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  Files.exists(server.events())
                      && Files.readAllLines(server.events()).size() >= 150);
      assertEquals(Batches.item(149).text(), Files.readAllLines(server.events()).get(149));
      assertEquals(
          "rw-r-----",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(server.events())),
          "only rsyslog and its group can read the events");
      for (SyslogStreamSender wrong : List.of(untrusting, renamed)) {
        StreamException refused =
            assertThrows(StreamException.class, () -> wrong.send(Batches.of(150, 1)));
        assertTrue(
            String.valueOf(refused.getMessage())
                .startsWith(
                    "the syslog server has no trusted certificate for its name, or TLS failed"
                        + " (SSLHandshakeException: "),
            refused::toString);
      }
      assertEquals(150, server.messages().size(), "messages after refused certificates");
    }
  }
}
