package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests that changed TLS files count without a restart and without a dropped connection. */
class CertificateReloadIT {

  private static final Duration RELOAD = Duration.ofSeconds(15);

  /** A TLS connection that stays open over several requests. */
  private record Connection(SSLSocket socket, BufferedReader in) implements AutoCloseable {

    static Connection open(Certificate trusted, int port) throws Exception {
      SSLSocket socket =
          (SSLSocket)
              trusted
                  .trusting()
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(60_000);
      socket.startHandshake();
      return new Connection(
          socket,
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)));
    }

    /** Sends a request, and returns the status line of its response. */
    String statusLine() throws IOException {
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String status = String.valueOf(in.readLine());
      int length = 0;
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        if (line.startsWith("Content-Length: ")) {
          length = Integer.parseInt(line.substring("Content-Length: ".length()));
        }
      }
      assertEquals(length, in.skip(length));
      return status;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void changedCertificateCountsForNewConnections() throws Exception {
    WarProcess call = WarProcess.inNewFolder();
    Certificate first = certificate(call.folder(), "first");
    Certificate second = certificate(call.folder(), "second");
    Path mounted = Files.createDirectory(call.folder().resolve("mounted"));
    mount(mounted, "..1", first);
    Files.createSymbolicLink(mounted.resolve("tls.crt"), Path.of("..data/tls.crt"));
    Files.createSymbolicLink(mounted.resolve("tls.key"), Path.of("..data/tls.key"));
    WarProcess tls =
        call.with("--in-memory")
            .with("--tls-certificate", mounted.resolve("tls.crt").toString())
            .with("--tls-key", mounted.resolve("tls.key").toString());
    HttpClient client = HttpClient.newBuilder().sslContext(first.trusting()).build();
    try (RunningApplication application = RunningApplication.startTls(tls, client);
        Connection kept = Connection.open(first, application.port())) {
      assertEquals("HTTP/1.1 200 ", kept.statusLine());

      // A broken file keeps the certificate in use, and is reported once.
      Path broken = Files.createDirectory(mounted.resolve("..broken"));
      Files.writeString(broken.resolve("tls.crt"), "nonsense");
      Files.copy(second.keyFile(), broken.resolve("tls.key"));
      swap(mounted, broken);
      TimeLimits.succeedsAfter(
          RELOAD, "the broken file is reported", () -> errors(application) > 0);
      Connection.open(first, application.port()).close();
      assertEquals("HTTP/1.1 200 ", kept.statusLine());

      // Kubernetes changes a mounted secret by replacing one symbolic link.
      mount(mounted, "..2", second);
      TimeLimits.succeedsAfter(
          RELOAD, "the changed certificate is used", () -> accepts(second, application.port()));
      assertFalse(accepts(first, application.port()), "the former certificate is still in use");
      assertEquals("HTTP/1.1 200 ", kept.statusLine());
      assertEquals(1, errors(application), application::toString);
      Awaitility.await()
          .until(
              () ->
                  application
                      .log()
                      .contains("new connections use the changed certificate CN=localhost"));
    }
  }

  private static Certificate certificate(Path folder, String name) throws Exception {
    return Certificate.selfSigned(Files.createDirectory(folder.resolve(name)));
  }

  private static void mount(Path folder, String version, Certificate certificate)
      throws IOException {
    Path files = Files.createDirectory(folder.resolve(version));
    Files.copy(certificate.certificateFile(), files.resolve("tls.crt"));
    Files.copy(certificate.keyFile(), files.resolve("tls.key"));
    swap(folder, files);
  }

  private static void swap(Path folder, Path files) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("..tmp"), files.getFileName());
    Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean accepts(Certificate trusted, int port) throws Exception {
    try (Connection connection = Connection.open(trusted, port)) {
      return connection.statusLine().equals("HTTP/1.1 200 ");
    } catch (SSLException e) {
      return false;
    }
  }

  private static long errors(RunningApplication application) throws IOException {
    return application
        .log()
        .lines()
        .filter(line -> line.contains("the former certificate stays in use"))
        .count();
  }
}
