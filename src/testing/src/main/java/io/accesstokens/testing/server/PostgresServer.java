package io.accesstokens.testing.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server for tests, on a loopback port, with its data in a temporary directory. All
 * servers end with the JVM.
 */
public final class PostgresServer {

  /** Name of the only account, which has all privileges. */
  public static final String USER = "tester";

  /** Password of {@link #USER}. */
  public static final String PASSWORD = "tester-secret";

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable PostgresServer shared;

  private final Path directory;
  private final int port;
  private final Process process;

  private PostgresServer() throws IOException {
    directory = Files.createTempDirectory("access-tokens-postgres-");
    port = ServerProcess.freePort();
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
                    // The zone is far from UTC, so that tests find code that depends on the time
                    // zone.
                    "-c",
                    "timezone=Asia/Kolkata"))
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    ServerProcess.await(
        process,
        log(),
        TIMEOUT,
        () -> DriverManager.getConnection(url("postgres"), USER, PASSWORD).close());
  }

  /** Returns the server that all tests of this JVM share. A test must not stop this server. */
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

  /**
   * Changes a command so that the command runs as a user without privileges. PostgreSQL does not
   * start as root.
   */
  private static List<String> unprivileged(String... command) {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    all.addAll(List.of(command));
    return all;
  }

  /** Creates an empty database and returns its JDBC URL, without user and password. */
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
      // After SIGTERM, the server would wait until all connections are closed.
      ServerProcess.signal(process, "-INT");
      ServerProcess.awaitEnd(process, Duration.ofSeconds(10));
    } catch (IllegalStateException e) {
      // The server has already ended.
    }
    ServerProcess.delete(directory);
  }
}
