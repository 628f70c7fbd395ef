package io.accesstokens.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The WAR for Payara, deployed by Payara Micro in a process of its own. Immutable. */
public final class PayaraMicro implements Deployment {

  private static final String COMMANDS = "preboot.asadmin";

  /** Without it the server would listen on all interfaces. */
  private static final String LISTEN_ON_LOOPBACK =
      "set configs.config.server-config.network-config.network-listeners.network-listener"
          + ".http-listener.address=127.0.0.1\n";

  private final Path folder;
  private final Map<String, String> environment;

  private PayaraMicro(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  /** A server with a new folder of its own. */
  public static PayaraMicro inNewFolder() {
    try {
      Path parent = Files.createDirectories(war().resolveSibling("it"));
      Path folder = Files.createTempDirectory(parent, "payara-");
      Files.createDirectories(folder.resolve("tmp"));
      writeCommands(folder.resolve(COMMANDS));
      return new PayaraMicro(folder, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes what the server is told at its start: what the documentation says, and to be private.
   */
  public static void writeCommands(Path file) throws IOException {
    Files.writeString(file, Files.readString(file("payara.commands")) + LISTEN_ON_LOOPBACK);
  }

  /** With an environment variable. */
  public PayaraMicro withEnvironment(String name, String value) {
    Map<String, String> all = new HashMap<>(environment);
    all.put(name, value);
    return new PayaraMicro(folder, all);
  }

  @Override
  public Path folder() {
    return folder;
  }

  /** As the archive itself says. */
  @Override
  public String contextPath() {
    return "/access-tokens";
  }

  @Override
  public boolean hasOwnServer() {
    return false;
  }

  @Override
  public boolean mayStaySilent() {
    return true;
  }

  @Override
  public Process start(int port, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Djava.io.tmpdir=" + folder.resolve("tmp")));
    command.addAll(List.of("-jar", file("payara-micro.jar").toString()));
    command.addAll(List.of("--noHazelcast", "--disablephonehome"));
    command.addAll(List.of("--rootDir", folder.resolve("root").toString()));
    command.addAll(List.of("--prebootcommandfile", folder.resolve(COMMANDS).toString()));
    command.addAll(List.of("--port", Integer.toString(port), "--deploy", war().toString()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(WarProcess::changesTheTest);
    builder.environment().putAll(environment);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private static Path war() {
    return file("accesstokens.payara.war");
  }

  private static Path file(String property) {
    String name = System.getProperty(property);
    if (name == null || !Files.isRegularFile(Path.of(name))) {
      throw new IllegalStateException(
          "the system property " + property + " names no file: " + name);
    }
    return Path.of(name).toAbsolutePath();
  }
}
