package io.accesstokens.testing.backstage;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.program.NodeClients;
import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A real backend of Backstage in a separate process, with the catalog, permissions that deny
 * everything to users, and the token handler of {@code config/backstage}. The handler is installed
 * from its package, as users install it.
 */
public final class BackstageServer implements AutoCloseable {

  private static final Path SOURCE = Path.of("src/it/src/test/backstage");
  private static final Path HANDLER = Path.of("config/backstage");
  private static final Path FOLDER = Path.of("target/backstage").toAbsolutePath();
  private static final Duration START = Duration.ofMinutes(3);

  private static final String CONFIG =
      """
      app: {baseUrl: "http://127.0.0.1:%1$d"}
      organization: {name: Tests}
      backend:
        baseUrl: http://127.0.0.1:%1$d
        listen: {host: 127.0.0.1, port: %1$d}
        database:
          client: pg
          pluginDivisionMode: schema
          connection: {host: 127.0.0.1, port: %2$d, database: %3$s, user: %4$s, password: %5$s}
      permission: {enabled: true}
      catalog: {locations: []}
      """;

  private final Process process;
  private final Path log;
  private final int port;

  private BackstageServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Installs Backstage from npm, builds the package of the token handler, and runs the unit tests
   * of the handler.
   *
   * @throws AssertionError if one of these steps fails
   */
  public static synchronized void install() throws IOException, InterruptedException {
    Path build = FOLDER.resolve(HANDLER);
    NodeClients.installPackages(SOURCE.resolve("package.json"), FOLDER);
    copy(SOURCE.resolve("index.js"), FOLDER.resolve("index.js"));
    copy(Path.of("LICENSE"), FOLDER.resolve("LICENSE"));
    for (String directory : List.of("", "src")) {
      try (Stream<Path> files = Files.list(HANDLER.resolve(directory))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          copy(file, build.resolve(directory).resolve(file.getFileName()));
        }
      }
    }
    NodeClients.npm(build, "pack", "--pack-destination", FOLDER.toString());
    NodeClients.npm(build, "test");
    unpack(build);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Unpacks the package of the token handler into the folder of installed packages. */
  private static void unpack(Path build) throws IOException, InterruptedException {
    Path installed =
        Files.createDirectories(FOLDER.resolve("node_modules/@access-tokens/backstage-auth"));
    try (Stream<Path> files = Files.list(FOLDER)) {
      Path archive =
          files.filter(file -> file.toString().endsWith(".tgz")).findFirst().orElseThrow();
      Process tar =
          new ProcessBuilder("tar", "-xzf", archive.toString(), "--strip-components=1")
              .directory(installed.toFile())
              .inheritIO()
              .start();
      if (tar.waitFor() != 0) {
        throw new AssertionError("tar cannot unpack " + archive + " of " + build);
      }
    }
  }

  /**
   * Starts a backend, and waits until its catalog responds. Call {@link #install} first.
   *
   * @param externalAccess the YAML text with {@code backend.auth.externalAccess}
   * @param variables environment variables, to which the YAML text can refer
   * @throws AssertionError with the log, if the backend does not start within three minutes
   */
  public static BackstageServer start(
      TestDatabase database, String externalAccess, Map<String, String> variables)
      throws IOException, InterruptedException {
    BackstageServer server = launch(database, externalAccess, variables);
    try {
      Awaitility.await()
          .atMost(START)
          .pollInSameThread()
          .until(() -> server.responds() || !server.process.isAlive());
    } catch (ConditionTimeoutException e) {
      server.close();
    }
    if (!server.process.isAlive()) {
      throw new AssertionError("Backstage does not start:\n" + server.log());
    }
    return server;
  }

  /** Starts a backend, and does not wait until the backend responds. */
  public static BackstageServer launch(
      TestDatabase database, String externalAccess, Map<String, String> variables)
      throws IOException {
    int port = RunningApplication.freePort();
    URI url = URI.create(database.url().substring("jdbc:".length()));
    Path folder = Files.createTempDirectory(FOLDER, "run-");
    Path config = folder.resolve("app-config.yaml");
    Files.writeString(
        config,
        CONFIG.formatted(
            port, url.getPort(), url.getPath().substring(1), database.user(), database.password()));
    Path access = Files.writeString(folder.resolve("external-access.yaml"), externalAccess);
    Path log = folder.resolve("log.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                NodeClients.node().toString(),
                "index.js",
                "--config",
                config.toString(),
                "--config",
                access.toString())
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("NODE_ENV", "production");
    builder.environment().putAll(variables);
    BackstageServer server = new BackstageServer(builder.start(), log, port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server;
  }

  /** Returns true if the catalog responds to a request without credentials. */
  private boolean responds() {
    try {
      return api().get("/api/catalog/entities").status() == 401;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Returns a client that sends requests without credentials. */
  public Api api() {
    return Api.at(URI.create("http://127.0.0.1:" + port));
  }

  /** Returns the output of the backend so far. */
  public String log() {
    return ServerProcess.output(log);
  }

  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
