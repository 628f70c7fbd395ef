package io.accesstokens.testing.server;

import io.accesstokens.testing.TemporaryFolders;
import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;

/** A PgBouncer on a loopback port, in front of a {@link PostgresServer}. */
public final class PgBouncer implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Path directory;
  private final int port = ServerProcess.freePort();
  private final Process process;

  /**
   * Starts PgBouncer, and returns when PgBouncer responds.
   *
   * @param mode the pool mode: {@code session} or {@code transaction}
   * @param database a database of the server; PgBouncer uses the same name for this database
   * @param settings further lines of PgBouncer's configuration
   */
  public PgBouncer(String mode, PostgresServer server, TestDatabase database, String... settings) {
    try {
      directory = Files.createTempDirectory("access-tokens-pgbouncer-");
      Path accounts =
          Files.writeString(
              directory.resolve("accounts"),
              "\"%s\" \"%s\"%n".formatted(database.user(), database.password()));
      Path configuration =
          Files.writeString(
              directory.resolve("pgbouncer.ini"),
              """
              [databases]
              * = host=127.0.0.1 port=%d
              [pgbouncer]
              listen_addr = 127.0.0.1
              listen_port = %d
              unix_socket_dir =
              auth_type = plain
              auth_file = %s
              pool_mode = %s
              %s
              """
                  .formatted(server.port(), port, accounts, mode, String.join("\n", settings)));
      Path log = directory.resolve("log");
      PostgresServer.makeWritable(directory);
      process =
          new ProcessBuilder(
                  PostgresServer.unprivileged(
                      ServerPrograms.pgbouncer().toString(), configuration.toString()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(this::close));
      ServerProcess.await(
          process,
          log,
          TIMEOUT,
          () ->
              DriverManager.getConnection(
                      url(database, server), database.user(), database.password())
                  .close());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String url(TestDatabase database, PostgresServer server) {
    return database.url().replace(":" + server.port() + "/", ":" + port + "/");
  }

  /** Returns the same database, with the URL of this PgBouncer. */
  public TestDatabase through(TestDatabase database, PostgresServer server) {
    return new TestDatabase(url(database, server), database.user(), database.password());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    ServerProcess.awaitEnd(process, TIMEOUT);
    TemporaryFolders.delete(directory);
  }
}
