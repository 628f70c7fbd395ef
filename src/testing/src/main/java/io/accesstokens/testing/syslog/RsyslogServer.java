package io.accesstokens.testing.syslog;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.program.ServerPrograms;
import io.accesstokens.testing.server.RunningApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Debian's rsyslog with the configuration of the page "Send audit events to a SIEM". The server
 * receives syslog over TLS on a loopback port.
 */
public final class RsyslogServer implements AutoCloseable {

  private static final Pattern DOCUMENTED =
      Pattern.compile("<!-- rsyslog: .*? -->\\s*```\\n(.*?)```", Pattern.DOTALL);

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
    Files.writeString(folder.resolve("rsyslog.conf"), configuration(certificate));
  }

  /**
   * Returns the configuration of the documentation page, with the files and the port of this
   * server. The server also writes each message with its header to a further file.
   */
  private String configuration(Certificate certificate) throws IOException {
    Matcher block = DOCUMENTED.matcher(Files.readString(Path.of("src/docs/siem.md")));
    if (!block.find()) {
      throw new IOException("the page has no configuration of rsyslog");
    }
    String ruleset = "ruleset(name=\"access-tokens\") {";
    return block
        .group(1)
        .replace("global(", "global(workDirectory=\"" + folder + "/work\"")
        .replace("/etc/rsyslog.d/ca.pem", certificate.certificateFile().toString())
        .replace("/etc/rsyslog.d/cert.pem", certificate.certificateFile().toString())
        .replace("/etc/rsyslog.d/key.pem", certificate.keyFile().toString())
        .replace("/var/log/access-tokens.ndjson", events().toString())
        .replace("port=\"6514\"", "address=\"127.0.0.1\" port=\"" + port + '"')
        .replace(
            ruleset,
            """
            template(name="line" type="string" string="%%pri%% %%hostname%% %%app-name%% %%msgid%% %%msg%%\\n")
            %s
              action(type="omfile" file="%s/messages" template="line")
            """
                .formatted(ruleset, folder));
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

  /** Returns the file that the documented configuration writes: an event in each line. */
  public Path events() {
    return folder.resolve("events.ndjson");
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
