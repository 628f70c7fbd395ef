package io.accesstokens.testing.syslog;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.program.ServerPrograms;
import io.accesstokens.testing.server.RunningApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Debian's rsyslog, which receives syslog over TLS on a loopback port and writes a file. */
public final class RsyslogServer implements AutoCloseable {

  private final Path folder;
  private final int port = RunningApplication.freePort();
  private @Nullable Process process;

  /**
   * Creates a server, but does not start it.
   *
   * @param folder an empty folder for the configuration and the received messages
   */
  public RsyslogServer(Path folder, Certificate certificate) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("work"));
    Files.writeString(
        folder.resolve("rsyslog.conf"),
        """
        global(
          workDirectory="%1$s/work"
          maxMessageSize="128k"
          defaultNetstreamDriverCAFile="%2$s"
          defaultNetstreamDriverCertFile="%2$s"
          defaultNetstreamDriverKeyFile="%3$s"
        )
        module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
        input(type="imtcp" address="127.0.0.1" port="%4$d")
        template(name="line" type="string" string="%%pri%% %%hostname%% %%app-name%% %%msgid%% %%msg%%\\n")
        action(type="omfile" file="%1$s/messages" template="line")
        """
            .formatted(folder, certificate.certificateFile(), certificate.keyFile(), port));
  }

  /** Starts the server. Does not wait until the server accepts connections. */
  public void start() throws IOException {
    Path root = ServerPrograms.rsyslogRoot();
    Path libraries = libraries(root);
    ProcessBuilder builder =
        new ProcessBuilder(
                root.resolve("usr/sbin/rsyslogd").toString(),
                "-n",
                "-f",
                folder.resolve("rsyslog.conf").toString(),
                "-i",
                folder.resolve("pid").toString(),
                "-M",
                libraries.resolve("rsyslog").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
    process = builder.start();
  }

  /** Returns Debian's library folder for this machine's architecture. */
  private static Path libraries(Path root) throws IOException {
    try (Stream<Path> folders = Files.list(root.resolve("usr/lib"))) {
      return folders
          .filter(path -> path.toString().endsWith("-linux-gnu"))
          .findFirst()
          .orElseThrow(() -> new IOException("rsyslog has no libraries below " + root));
    }
  }

  public int port() {
    return port;
  }

  /**
   * Returns the received messages in their order, one in each element: priority, host name, name of
   * the application, message id and message, separated by spaces.
   */
  public List<String> messages() {
    try {
      Path file = folder.resolve("messages");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the output of the server so far. */
  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      try {
        running.destroyForcibly().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
