package io.accesstokens.testing.server;

import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server for tests. The system property {@code postgres.version} contains the major
 * version; the default is 17. Commits are as durable as on a production server, unless the system
 * property {@code database.sync} is false.
 */
public final class PostgresServer extends DatabaseServer {

  /** Name of the account that owns the databases of tests, and has no other privilege. */
  private static final String OWNER = "owner";

  /** The major version of the PostgreSQL servers. */
  public static final String VERSION = System.getProperty("postgres.version", "17");

  private static @Nullable PostgresServer shared;

  private List<ProcessHandle> paused = List.of();

  private PostgresServer() {
    super("postgres");
  }

  /** Returns the server that all tests of this JVM share. A test must not stop this server. */
  public static synchronized PostgresServer shared() {
    PostgresServer server = shared;
    if (server == null) {
      server = create();
      server.start();
      shared = server;
    }
    return server;
  }

  /** Creates a server without starting it. The caller must close the server. */
  public static PostgresServer create() {
    PostgresServer server = new PostgresServer();
    try {
      server.initialise();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return server;
  }

  private void initialise() throws IOException {
    Path password = Files.writeString(directory().resolve("password"), PASSWORD);
    makeWritable(directory());
    ServerPrograms.run(
        unprivileged(
            ServerPrograms.initdb(VERSION).toString(),
            "--pgdata=" + data(),
            "--username=" + USER,
            "--auth=scram-sha-256",
            "--pwfile=" + password,
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync"));
  }

  /**
   * Starts a hot standby, which receives the changes of this server by streaming replication. The
   * caller must close the standby.
   *
   * @param name the name of the standby for {@code synchronous_standby_names}
   */
  public PostgresServer startStandby(String name) {
    PostgresServer standby = new PostgresServer();
    makeWritable(standby.directory());
    List<String> command = new ArrayList<>(List.of("env", "PGPASSWORD=" + PASSWORD));
    command.addAll(
        unprivileged(
            ServerPrograms.pgBasebackup(VERSION).toString(),
            "--dbname=host=127.0.0.1 user="
                + USER
                + " port="
                + port()
                + " application_name="
                + name,
            "--pgdata=" + standby.data(),
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--wal-method=stream",
            "--no-sync"));
    ServerPrograms.run(command);
    standby.start();
    return standby;
  }

  /** Runs an SQL statement in the database {@code postgres}. */
  public void execute(String sql) {
    execute("postgres", sql);
  }

  /** Changes a setting of the running server. */
  public void set(String name, String value) {
    execute("alter system set " + name + " = '" + value + "'");
    execute("select pg_reload_conf()");
  }

  @Override
  public void start() {
    start(List.of());
  }

  /** Starts the server with additional settings, each in the form {@code name=value}. */
  public void start(List<String> settings) {
    List<String> command =
        unprivileged(
            ServerPrograms.postgres(VERSION).toString(),
            "-D",
            data().toString(),
            "-p",
            Integer.toString(port()));
    List<String> all =
        new ArrayList<>(
            List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=300",
                "shared_buffers=64MB",
                // Code that depends on the time zone fails if the zone is far from UTC.
                "timezone=Asia/Kolkata"));
    if (!SYNC) {
      all.add("fsync=off");
    }
    all.addAll(settings);
    all.forEach(setting -> command.addAll(List.of("-c", setting)));
    run(command);
  }

  @Override
  String probe() {
    return url("postgres") + "?connectTimeout=1&socketTimeout=5";
  }

  @Override
  public synchronized void stop() {
    // After SIGTERM, the server would wait until all connections are closed.
    ServerProcess.signal(running(), "-INT");
    ServerProcess.awaitEnd(running(), TIMEOUT);
  }

  /**
   * {@inheritDoc}
   *
   * <p>All processes of the server are killed. The server can start again only when all of them
   * have ended.
   */
  @Override
  public synchronized void kill() {
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(ended -> ended.onExit().join());
  }

  @Override
  public synchronized void pause() {
    paused = processes();
    ServerProcess.pause(paused);
  }

  @Override
  public synchronized void resume() {
    ServerProcess.resume(paused);
  }

  /**
   * Returns the processes of the server. The first process starts all others. This method freezes
   * the first process. Otherwise the list could lack a process that has just been started.
   */
  private List<ProcessHandle> processes() {
    ProcessHandle first = running().toHandle();
    ServerProcess.pause(List.of(first));
    try {
      return Stream.concat(Stream.of(first), first.descendants()).toList();
    } catch (RuntimeException e) {
      ServerProcess.resume(List.of(first));
      throw e;
    }
  }

  @Override
  public TestDatabase newDatabase() {
    return newDatabase("");
  }

  /**
   * Creates an empty database.
   *
   * @param options the options of the SQL statement {@code create database}
   */
  public TestDatabase newDatabase(String options) {
    String name = newName();
    execute(
        "do $$ begin create role %s login password '%s';".formatted(OWNER, PASSWORD)
            + " exception when duplicate_object then null; end $$");
    execute("create database " + name + " owner " + OWNER + " " + options);
    return new TestDatabase(url(name), OWNER, PASSWORD);
  }

  /** Makes a folder writable for the programs that {@link #unprivileged} starts. */
  static void makeWritable(Path folder) {
    if (isRoot()) {
      ServerPrograms.run(List.of("chown", "-R", "nobody", folder.toString()));
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /**
   * Changes a command so that the command runs as a user without privileges. PostgreSQL does not
   * start as root.
   */
  static List<String> unprivileged(String... command) {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    all.addAll(List.of(command));
    return all;
  }

  @Override
  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }
}
