package io.accesstokens.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real nginx in a process of its own, on a loopback port, in a folder of its own. */
public final class NginxServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What a server of a distribution has in its main file; everything stays in the folder. */
  private static final String MAIN =
      """
      daemon off;
      worker_processes 1;
      pid nginx.pid;
      error_log stderr;
      %s
      events {}
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        include site.conf;
      }
      """;

  private final Process process;
  private final Path log;
  private final int port;

  private NginxServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts it, and returns when it answers.
   *
   * @param folder holds {@code site.conf} and what that includes
   * @param port on which that listens
   */
  public static NginxServer start(Path folder, int port) throws IOException {
    boolean root = System.getProperty("user.name").equals("root");
    // Its workers would be somebody who may not enter the folder.
    Files.writeString(folder.resolve("nginx.conf"), MAIN.formatted(root ? "user root;" : ""));
    Path log = folder.resolve("nginx.log");
    Process process =
        new ProcessBuilder(
                List.of(
                    ServerPrograms.nginx().toString(),
                    "-p",
                    folder + "/",
                    "-e",
                    "stderr",
                    "-c",
                    folder.resolve("nginx.conf").toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    NginxServer server = new NginxServer(process, log, port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    server.awaitAnswer();
    return server;
  }

  private void awaitAnswer() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (ConnectException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException("nginx did not start: " + log(), e);
        }
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** A client of it, without credentials. */
  public Api api() {
    return Api.at(URI.create("http://127.0.0.1:" + port));
  }

  /** What it wrote. */
  public String log() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
