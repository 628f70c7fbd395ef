package io.accesstokens.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of the tests' own, on a loopback port, with its data in a temporary
 * directory. All that was started is gone when the JVM ends.
 */
public final class PostgresServer {

  /** The only account, which may do everything. */
  public static final String USER = "tester";

  /** Its password, which is asked for. */
  public static final String PASSWORD = "tester-secret";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable PostgresServer shared;

  private final Path directory;
  private final int port;
  private final Process process;

  private PostgresServer() throws IOException {
    directory = Files.createTempDirectory("access-tokens-postgres-");
    port = freePort();
    Path password = Files.writeString(directory.resolve("password"), PASSWORD);
    if (isRoot()) {
      ServerPrograms.run(List.of("chown", "-R", "nobody", directory.toString()));
    }
    ServerPrograms.run(
        unprivileged(
            ServerPrograms.initdb().toString(),
            "--pgdata=" + directory.resolve("data"),
            "--username=" + USER,
            "--auth=scram-sha-256",
            "--pwfile=" + password,
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync"));
    process =
        new ProcessBuilder(
                unprivileged(
                    ServerPrograms.postgres().toString(),
                    "-D",
                    directory.resolve("data").toString(),
                    "-p",
                    Integer.toString(port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off",
                    // Far from UTC, to see that nobody relies on it.
                    "-c",
                    "timezone=Asia/Kolkata"))
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    awaitAnswer();
  }

  /** The server that all tests of this JVM share; it is not theirs to stop. */
  public static synchronized PostgresServer shared() {
    PostgresServer server = shared;
    if (server == null) {
      try {
        server = new PostgresServer();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      shared = server;
    }
    return server;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** The server refuses to run as root. */
  private static List<String> unprivileged(String... command) {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        DriverManager.getConnection(url("postgres"), USER, PASSWORD).close();
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException("postgres did not start: see " + log(), e);
        }
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** A new, empty database: its URL for JDBC, without user and password. */
  public String newDatabase() {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url("postgres"), USER, PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("no new database", e);
    }
    return url(name);
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void close() {
    try {
      // SIGTERM would wait for the connections to end.
      ServerPrograms.run(List.of("kill", "-INT", Long.toString(process.pid())));
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IllegalStateException e) {
      // Ended already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // Removed already.
    }
  }
}
