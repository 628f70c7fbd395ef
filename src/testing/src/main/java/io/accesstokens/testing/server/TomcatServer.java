package io.accesstokens.testing.server;

import io.accesstokens.testing.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Deploys the WAR in the webapps folder of a Tomcat instance, as an operator does. The instance has
 * its own directory (CATALINA_BASE). The instance has the configuration of the distribution, except
 * for the ports and the users.
 *
 * <p>Tomcat's manager application is also deployed. The fields of an object never change. Some
 * methods return a changed copy of the object, which is for the same instance. Some methods, such
 * as {@link #withUser}, write files of the instance. These files apply to all copies.
 */
public final class TomcatServer implements Deployment {

  /** A version of Tomcat. A system property contains the path of its distribution. */
  public enum Version {
    TOMCAT_10_1("tomcat10.home"),
    TOMCAT_11("tomcat11.home");

    private final String property;

    Version(String property) {
      this.property = property;
    }

    private Path home() {
      Path home = Path.of(System.getProperty(property, "unknown"));
      if (!Files.isRegularFile(home.resolve("bin/catalina.sh"))) {
        throw new IllegalStateException(
            "the system property "
                + property
                + " must contain the path of a Tomcat distribution, but is: "
                + home);
      }
      return home.toAbsolutePath();
    }
  }

  /** Context path of the application, which Tomcat derives from the name of the WAR. */
  public static final String CONTEXT_PATH = "/access-tokens";

  /** Name and password of the user of Tomcat's manager application. */
  static final String MANAGER = "deployer";

  private static final String PORT = "test.port";

  private final Path home;
  private final Path folder;
  private final Map<String, String> environment;
  private final List<String> options;
  private final List<String> users;

  private TomcatServer(
      Path home,
      Path folder,
      Map<String, String> environment,
      List<String> options,
      List<String> users) {
    this.home = home;
    this.folder = folder;
    this.environment = Map.copyOf(environment);
    this.options = List.copyOf(options);
    this.users = List.copyOf(users);
  }

  /** Creates an instance with the WAR in the webapps folder of the instance. */
  public static TomcatServer inNewFolder(Version version) {
    TomcatServer server = withoutApplication(version);
    try {
      Files.copy(WarProcess.war(), server.base().resolve("webapps" + CONTEXT_PATH + ".war"));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates an instance that contains only Tomcat's manager application. */
  public static TomcatServer withoutApplication(Version version) {
    Path home = version.home();
    try {
      Path parent = Files.createDirectories(WarProcess.war().resolveSibling("it"));
      Path folder = Files.createTempDirectory(parent, "tomcat-");
      TomcatServer server = new TomcatServer(home, folder, Map.of(), List.of(), List.of());
      server.makeBase();
      return server.withUser(MANAGER, MANAGER, "manager-script", "manager-jmx");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void makeBase() throws IOException {
    for (String name :
        List.of("lib", "logs", "temp", "webapps", "work", "conf/Catalina/localhost")) {
      Files.createDirectories(base().resolve(name));
    }
    Files.createDirectories(workingDirectory());
    try (Stream<Path> files = Files.list(home.resolve("conf"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, base().resolve("conf").resolve(file.getFileName()));
      }
    }
    Path serverXml = base().resolve("conf/server.xml");
    String xml = Files.readString(serverXml);
    String changed =
        xml.replace("<Server port=\"8005\"", "<Server port=\"-1\"")
            .replace(
                "<Connector port=\"8080\"",
                "<Connector address=\"127.0.0.1\" port=\"${" + PORT + "}\"");
    if (!changed.contains(PORT) || changed.contains("8005")) {
      throw new IllegalStateException(
          "the server.xml of the distribution has unexpected ports: " + xml);
    }
    Files.writeString(serverXml, changed);
    Files.writeString(
        base().resolve("conf/Catalina/localhost/manager.xml"),
        "<Context docBase=\"${catalina.home}/webapps/manager\" privileged=\"true\"/>");
  }

  /** Returns a copy with an additional environment variable. */
  public TomcatServer withEnvironment(String name, String value) {
    return withEnvironment(Map.of(name, value));
  }

  /** Returns a copy with additional environment variables. */
  public TomcatServer withEnvironment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return new TomcatServer(home, folder, all, options, users);
  }

  /** Returns a copy with an additional system property of the server's process. */
  public TomcatServer withSystemProperty(String name, String value) {
    List<String> all = new ArrayList<>(options);
    all.add("-D" + name + "=" + value);
    return new TomcatServer(home, folder, environment, all, users);
  }

  /**
   * Returns a copy that uses the given database. Environment variables contain the URL, the user
   * and the password.
   */
  public TomcatServer withDatabase(TestDatabase database) {
    return withEnvironment("ACCESSTOKENS_DATABASE_URL", database.url())
        .withEnvironment("ACCESSTOKENS_DATABASE_USER", database.user())
        .withEnvironment("ACCESSTOKENS_DATABASE_PASSWORD", database.password());
  }

  /**
   * Returns a copy with an additional user. Writes the user into the users file of the instance.
   */
  public TomcatServer withUser(String name, String password, String... roles) {
    List<String> all = new ArrayList<>(users);
    all.add(
        "<user username=\"%s\" password=\"%s\" roles=\"%s\"/>"
            .formatted(name, password, String.join(",", roles)));
    write(
        "conf/tomcat-users.xml",
        "<tomcat-users xmlns=\"http://tomcat.apache.org/xml\">"
            + String.join("", all)
            + "</tomcat-users>");
    return new TomcatServer(home, folder, environment, options, all);
  }

  /** Writes the context descriptor of the application, and returns this object. */
  public TomcatServer withDescriptor(String xml) {
    write("conf/Catalina/localhost" + CONTEXT_PATH + ".xml", xml);
    return this;
  }

  /**
   * Copies a JAR from the WAR, such as a JDBC driver, to the lib folder of the server. Returns this
   * object.
   *
   * @param start the start of the JAR's file name
   */
  public TomcatServer withLibrary(String start) {
    WarProcess.copyLibrary(start, base().resolve("lib"));
    return this;
  }

  /**
   * Writes a file into the instance, and returns the path of the file.
   *
   * @param path the path of the file, relative to the directory of the instance
   */
  public Path write(String path, String content) {
    try {
      Path file = base().resolve(path);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the directory of the instance (CATALINA_BASE). */
  public Path base() {
    return folder.resolve("base");
  }

  /**
   * Returns the working directory of the process. The working directory is not the directory of the
   * instance.
   */
  public Path workingDirectory() {
    return folder.resolve("cwd");
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public String contextPath() {
    return CONTEXT_PATH;
  }

  @Override
  public boolean isStandalone() {
    return false;
  }

  @Override
  public Process start(int port, Path log) throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(TestJvm.options("256m"));
    all.add("-D" + PORT + "=" + port);
    ProcessBuilder builder =
        new ProcessBuilder("sh", home.resolve("bin/catalina.sh").toString(), "run")
            .directory(workingDirectory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().retainAll(TestJvm.environment().keySet());
    builder.environment().keySet().removeIf(TomcatServer::changesTomcat);
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("CATALINA_BASE", base().toString());
    builder.environment().put("CATALINA_OPTS", String.join(" ", all));
    return builder.start();
  }

  private static boolean changesTomcat(String variable) {
    return variable.startsWith("CATALINA_")
        || variable.startsWith("JPDA_")
        || variable.startsWith("JSSE_")
        || List.of("JAVA_OPTS", "JRE_HOME", "CLASSPATH", "LOGGING_CONFIG").contains(variable);
  }
}
