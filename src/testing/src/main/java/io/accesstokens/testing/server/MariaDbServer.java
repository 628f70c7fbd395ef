package io.accesstokens.testing.server;

import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A MariaDB server for tests. Commits are as durable as on a production server, unless the system
 * property {@code database.sync} is false. The other settings reduce memory use and run time.
 */
public final class MariaDbServer extends DatabaseServer {

  private static @Nullable MariaDbServer shared;

  private MariaDbServer() {
    super("mariadb");
  }

  /** Returns the server that all tests of this JVM share. A test must not stop this server. */
  public static synchronized MariaDbServer shared() {
    MariaDbServer server = shared;
    if (server == null) {
      server = create();
      server.start();
      shared = server;
    }
    return server;
  }

  /** Creates a server, but does not start the server. The caller must close the server. */
  public static MariaDbServer create() {
    MariaDbServer server = new MariaDbServer();
    try {
      server.initialise();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return server;
  }

  /** Returns a column of the first row of a query result, or an empty string if there is no row. */
  String query(String column, String sql) {
    try (Connection connection = DriverManager.getConnection(url(""), USER, PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(column) : "";
    } catch (SQLException e) {
      throw new IllegalStateException("the query failed: " + sql, e);
    }
  }

  /**
   * Returns the directory for temporary tables. Each server needs its own directory, because a
   * server removes all temporary tables in its directory at the start.
   */
  private Path temporary() {
    return directory().resolve("tmp");
  }

  private void initialise() throws IOException {
    Files.createDirectory(temporary());
    List<String> install =
        new ArrayList<>(
            List.of(
                ServerPrograms.mariadbInstallDb().toString(),
                "--no-defaults",
                "--datadir=" + data(),
                "--tmpdir=" + temporary(),
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve"));
    install.addAll(asUser());
    ServerPrograms.run(install);
    Files.writeString(
        directory().resolve("init.sql"),
        "create user if not exists '%s'@'127.0.0.1' identified by '%s';%n".formatted(USER, PASSWORD)
            + "grant all on *.* to '%s'@'127.0.0.1' with grant option;%n".formatted(USER));
  }

  /**
   * Returns the option that permits the server to run as root. The list is empty if the current
   * user is not root.
   */
  private static List<String> asUser() {
    return System.getProperty("user.name").equals("root") ? List.of("--user=root") : List.of();
  }

  @Override
  public void start() {
    start(List.of("--init-file=" + directory().resolve("init.sql")));
  }

  /** Starts the server with a binary log, and returns the path of the first file of the log. */
  public Path startWithBinaryLog() {
    start(
        List.of(
            "--init-file=" + directory().resolve("init.sql"), "--log-bin", "--log-basename=test"));
    return data().resolve("test-bin.000001");
  }

  /** Starts the server with additional options. Does not create the account {@link #USER}. */
  void start(List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ServerPrograms.mariadbd().toString(),
                "--no-defaults",
                "--datadir=" + data(),
                "--tmpdir=" + temporary(),
                "--socket=" + directory().resolve("socket"),
                "--pid-file=" + directory().resolve("pid"),
                "--port=" + port(),
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--skip-log-bin",
                "--max-connections=300",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=32M",
                "--innodb-flush-log-at-trx-commit=1",
                "--performance-schema=OFF",
                "--console"));
    if (!SYNC) {
      command.add("--debug-no-sync");
    }
    command.addAll(asUser());
    command.addAll(options);
    run(command);
  }

  @Override
  String probe() {
    return url("") + "?connectTimeout=500";
  }

  @Override
  public synchronized void stop() {
    end(running(), false);
  }

  @Override
  public synchronized void kill() {
    end(running(), true);
  }

  private static void end(Process process, boolean forcibly) {
    if (forcibly) {
      process.destroyForcibly();
    } else {
      process.destroy();
    }
    ServerProcess.awaitEnd(process, TIMEOUT);
  }

  @Override
  public void pause() {
    ServerProcess.pause(List.of(running().toHandle()));
  }

  @Override
  public void resume() {
    ServerProcess.resume(List.of(running().toHandle()));
  }

  @Override
  public TestDatabase newDatabase() {
    return newDatabase(newName());
  }

  /** Creates an empty database with the given name. */
  TestDatabase newDatabase(String name) {
    execute("", "create database " + name);
    return database(name);
  }

  /** Returns the existing database with the given name. */
  TestDatabase database(String name) {
    return new TestDatabase(url(name), USER, PASSWORD);
  }

  @Override
  String url(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database;
  }
}
