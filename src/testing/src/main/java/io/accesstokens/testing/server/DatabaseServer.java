package io.accesstokens.testing.server;

import io.accesstokens.testing.TemporaryFolders;
import io.accesstokens.testing.program.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A database server for tests, on a loopback port, with its data in a temporary directory. After a
 * restart, the server has the same port and the same data. All servers end with the JVM.
 */
public abstract class DatabaseServer implements AutoCloseable {

  /** Name of the account that has all privileges. */
  public static final String USER = "tester";

  /** Password of all accounts. */
  public static final String PASSWORD = "tester-secret";

  static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * True if a commit waits for the disk, as on a production server. The system property {@code
   * database.sync=false} sets this field to false. A commit then survives the end of the server's
   * process, but not a crash of the machine.
   */
  static final boolean SYNC = !"false".equals(System.getProperty("database.sync"));

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final Path directory;
  private final int port = ServerProcess.freePort();
  private @Nullable Process process;

  /**
   * Creates a server that is not started.
   *
   * @param product the name of the product, for the name of the temporary directory
   */
  DatabaseServer(String product) {
    try {
      directory = Files.createTempDirectory("access-tokens-" + product + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** Returns a new name for a database. */
  static String newName() {
    return "test_" + DATABASES.incrementAndGet();
  }

  /** Returns the JDBC URL of a database. */
  abstract String url(String database);

  /** Returns the JDBC URL with which {@link #start()} checks that the server responds. */
  abstract String probe();

  /** Starts the server, and returns when the server responds. */
  public abstract void start();

  /**
   * Starts the process of this server with the given command, and returns when the server responds.
   */
  final synchronized void run(List<String> command) {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ServerProcess.await(
        running(),
        log(),
        TIMEOUT,
        () -> DriverManager.getConnection(probe(), USER, PASSWORD).close());
  }

  /** Stops the server as an operator does. */
  public abstract void stop();

  /** Kills the server with SIGKILL. */
  public abstract void kill();

  /** Freezes the server (SIGSTOP): connections stay open, but the server does not respond. */
  public abstract void pause();

  /** Resumes the server after {@link #pause()} (SIGCONT). */
  public abstract void resume();

  /** Returns the loopback port of the server, which is the same after a restart. */
  public final int port() {
    return port;
  }

  /** Creates an empty database with a new name. */
  public abstract TestDatabase newDatabase();

  /** Runs an SQL statement in a database, with all privileges. */
  final void execute(String database, String sql) {
    try (Connection connection = DriverManager.getConnection(url(database), USER, PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("the statement failed: " + sql, e);
    }
  }

  final Process running() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server was not started");
    }
    return running;
  }

  /** Returns the folder of all files of the server. */
  final Path directory() {
    return directory;
  }

  /** Returns the data directory of the server. */
  final Path data() {
    return directory.resolve("data");
  }

  private Path log() {
    return directory.resolve("log");
  }

  /** Kills the server if it runs, and removes its data. */
  @Override
  public final synchronized void close() {
    if (process != null && process.isAlive()) {
      kill();
    }
    TemporaryFolders.delete(directory);
  }
}
