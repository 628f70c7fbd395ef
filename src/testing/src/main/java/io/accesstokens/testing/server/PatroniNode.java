package io.accesstokens.testing.server;

import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.program.ServerPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server, and the Patroni process that controls this server. A test can kill them
 * separately, and freeze them together.
 */
public final class PatroniNode {

  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final String name;
  private final Path directory;
  private final int port;
  private final int apiPort;
  private @Nullable Process patroni;
  private List<ProcessHandle> paused = List.of();

  PatroniNode(String name, Path directory) {
    this.name = name;
    this.directory = directory;
    this.port = ServerProcess.freePort();
    this.apiPort = ServerProcess.freePort();
  }

  public String name() {
    return name;
  }

  /** Returns the loopback port of the PostgreSQL server. */
  public int port() {
    return port;
  }

  /** Returns the loopback port of Patroni's REST API. */
  int apiPort() {
    return apiPort;
  }

  /** Returns the path of Patroni's configuration file. */
  Path configuration() {
    return directory.resolve(name + ".yaml");
  }

  Path data() {
    return directory.resolve(name);
  }

  /** Starts Patroni, which then starts PostgreSQL. Does not wait for PostgreSQL. */
  public synchronized void startPatroni() {
    try {
      patroni =
          new ProcessBuilder(
                  PostgresServer.unprivileged(
                      ServerPrograms.patroni().toString(), configuration().toString()))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills Patroni with SIGKILL. PostgreSQL continues to run, without control. */
  public synchronized void killPatroni() {
    Process running = patroni;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  /** Kills all processes of PostgreSQL with SIGKILL. Patroni continues to run. */
  public void killPostgres() {
    List<ProcessHandle> all = postgres();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  /** Freezes Patroni and PostgreSQL (SIGSTOP). Connections stay open. */
  public synchronized void pause() {
    List<ProcessHandle> all = new ArrayList<>(postgres());
    if (patroni != null) {
      all.add(0, patroni.toHandle());
    }
    ServerProcess.pause(all);
    paused = all;
  }

  /** Resumes the processes that {@link #pause} froze (SIGCONT). PostgreSQL resumes first. */
  public synchronized void resume() {
    List<ProcessHandle> all = new ArrayList<>(paused.subList(1, paused.size()));
    all.add(paused.get(0));
    ServerProcess.resume(all);
    paused = List.of();
  }

  /** Returns the processes of PostgreSQL. The first process starts all others. */
  private List<ProcessHandle> postgres() {
    return postmaster().stream()
        .flatMap(first -> Stream.concat(Stream.of(first), first.descendants()))
        .toList();
  }

  private Optional<ProcessHandle> postmaster() {
    try (Stream<String> lines = Files.lines(data().resolve("postmaster.pid"))) {
      return lines.findFirst().flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // PostgreSQL does not run
    }
  }

  /** Kills Patroni, and then all processes that use the directory of this node. */
  synchronized void close() {
    killPatroni();
    killPostgres();
    // PostgreSQL may have been starting, without a file that contains its process id.
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(data().toString()))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** Waits until an attempt succeeds. */
  void await(ServerProcess.Attempt attempt) {
    Process running = patroni;
    if (running == null) {
      throw new IllegalStateException("Patroni was not started");
    }
    ServerProcess.await(running, directory.resolve(name + ".log"), TIMEOUT, attempt);
  }
}
