package io.accesstokens.testing.server;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Deploys the Payara WAR in Payara Micro, in a separate process. Immutable. */
public final class PayaraMicro implements Deployment {

  private static final String COMMANDS = "preboot.asadmin";

  /**
   * Command that restricts the server to the loopback interface. By default, the server listens on
   * all interfaces.
   */
  private static final String LISTEN_ON_LOOPBACK =
      "set configs.config.server-config.network-config.network-listeners.network-listener"
          + ".http-listener.address=127.0.0.1\n"
          + "set configs.config.server-config.network-config.network-listeners.network-listener"
          + ".https-listener.address=127.0.0.1\n";

  private final Path folder;
  private final Map<String, String> environment;
  private final List<String> properties;
  private final List<String> options;

  private PayaraMicro(
      Path folder, Map<String, String> environment, List<String> properties, List<String> options) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
    this.properties = List.copyOf(properties);
    this.options = List.copyOf(options);
  }

  /** Creates a deployment in a new folder. */
  public static PayaraMicro inNewFolder() {
    try {
      Path parent = Files.createDirectories(war().resolveSibling("it"));
      Path folder = Files.createTempDirectory(parent, "payara-");
      Files.createDirectories(folder.resolve("tmp"));
      writeCommands(folder.resolve(COMMANDS));
      return new PayaraMicro(folder, Map.of(), List.of(), List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes the commands that the server runs at its start: the documented commands, and a command
   * that restricts the server to the loopback interface.
   */
  public static void writeCommands(Path file) throws IOException {
    Files.writeString(file, Files.readString(file("payara.commands")) + LISTEN_ON_LOOPBACK);
  }

  /**
   * Returns the documented commands that create the DataSource {@code jdbc/access-tokens} for a
   * database. The commands read user and password from the environment variables {@code DB_USER}
   * and {@code DB_PASSWORD}.
   */
  public static String dataSource(TestDatabase database) throws IOException {
    String shipped = Files.readString(file("payara.datasource"));
    String here =
        shipped.replace(
            "jdbc\\:mariadb\\://db.example.com/access_tokens?sslMode\\=verify-full&",
            database.url().replace(":", "\\:") + "?");
    if (here.equals(shipped)) {
      throw new IllegalStateException(
          "the shipped commands do not contain the expected URL of the database: " + shipped);
    }
    return here;
  }

  /** Returns a copy with an additional environment variable. */
  public PayaraMicro withEnvironment(String name, String value) {
    return withEnvironment(Map.of(name, value));
  }

  /** Returns a copy with additional environment variables. */
  public PayaraMicro withEnvironment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return new PayaraMicro(folder, all, properties, options);
  }

  /** Returns a copy with an additional system property of the server's process. */
  public PayaraMicro withSystemProperty(String name, String value) {
    List<String> all = new ArrayList<>(properties);
    all.add("-D" + name + "=" + value);
    return new PayaraMicro(folder, environment, all, options);
  }

  /**
   * Returns a copy with an additional library of the server, for example a JDBC driver. The library
   * is a JAR from the WAR.
   *
   * @param start the start of the JAR's file name
   */
  public PayaraMicro withLibrary(String start) {
    return with("--addLibs", WarProcess.copyLibrary(start, folder).toString());
  }

  /** Adds commands that the server runs at its start, and returns this object. */
  public PayaraMicro withCommandsAtStart(String commands) {
    try {
      Files.writeString(folder.resolve(COMMANDS), commands, StandardOpenOption.APPEND);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a copy with commands that the server runs after its start and before the deployment.
   */
  public PayaraMicro withCommandsBeforeDeployment(String commands) {
    return with("--postbootcommandfile", write("postboot.asadmin", commands).toString());
  }

  /**
   * Returns a copy that undeploys and redeploys the application several times. The server is ready
   * after the last deployment.
   *
   * @param times the number of times
   */
  public PayaraMicro withRedeploys(int times) {
    String name = war().getFileName().toString().replace(".war", "");
    String once = "undeploy %s\ndeploy --name %s %s\n".formatted(name, name, war());
    return with(
        "--postdeploycommandfile", write("postdeploy.asadmin", once.repeat(times)).toString());
  }

  /** Returns a copy with additional lines in the logging configuration that the server contains. */
  public PayaraMicro withLogging(String properties) throws IOException {
    try (FileSystem jar = FileSystems.newFileSystem(file("payara-micro.jar"))) {
      String shipped = Files.readString(jar.getPath("MICRO-INF/domain/logging.properties"));
      return with(
          "--logproperties", write("logging.properties", shipped + '\n' + properties).toString());
    }
  }

  /** Returns a copy that also listens with TLS. */
  public PayaraMicro withTls(Certificate certificate, int port) {
    return withSystemProperty("javax.net.ssl.keyStore", certificate.keyStoreFile().toString())
        .withSystemProperty("javax.net.ssl.keyStorePassword", Certificate.PASSWORD)
        .with("--sslPort", Integer.toString(port))
        .with("--sslCert", Certificate.ALIAS);
  }

  private PayaraMicro with(String option, String value) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(option, value));
    return new PayaraMicro(folder, environment, properties, all);
  }

  /** Writes a file into the working directory of the server, and returns the path of the file. */
  public Path write(String name, String content) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the root directory of the server ({@code --rootDir}). The root directory is not the
   * working directory.
   */
  public Path root() {
    return folder.resolve("root");
  }

  @Override
  public Path folder() {
    return folder;
  }

  /** Returns the context path that the WAR declares. */
  @Override
  public String contextPath() {
    return "/access-tokens";
  }

  @Override
  public boolean isStandalone() {
    return false;
  }

  @Override
  public boolean mayIgnoreNonHttp() {
    return true;
  }

  @Override
  public Process start(int port, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(TestJvm.options("512m"));
    command.add("-Djava.io.tmpdir=" + folder.resolve("tmp"));
    command.addAll(properties);
    command.addAll(List.of("-jar", file("payara-micro.jar").toString()));
    command.addAll(List.of("--noHazelcast", "--disablephonehome"));
    command.addAll(List.of("--rootDir", root().toString()));
    command.addAll(List.of("--prebootcommandfile", folder.resolve(COMMANDS).toString()));
    command.addAll(options);
    command.addAll(List.of("--port", Integer.toString(port), "--deploy", war().toString()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().retainAll(TestJvm.environment().keySet());
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
          "the system property "
              + property
              + " must contain the path of an existing file, but is: "
              + name);
    }
    return Path.of(name).toAbsolutePath();
  }
}
