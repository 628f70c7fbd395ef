package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Tests the files for container engines without an engine. The test applies the steps of the
 * Dockerfile and the Compose file to a process of this machine.
 */
class ContainerImageIT {

  private static final Path CONFIG = Path.of("config");

  private static Object yaml(String text) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(new StringReader(text));
  }

  private static Object at(Object tree, String... path) {
    Object value = tree;
    for (String key : path) {
      Object next = value instanceof Map<?, ?> map ? map.get(key) : null;
      value = Objects.requireNonNull(next, () -> "the Compose file has no " + key);
    }
    return value;
  }

  @Test
  void imageContainsTheUnpackedWarAndAnArchiveOfItsClasses() throws Exception {
    ContainerImage image = ContainerImage.ofBuild();
    assertTrue(Files.isRegularFile(image.files().resolve("app/WEB-INF/web.xml")), "web.xml");
    assertTrue(Files.isRegularFile(image.files().resolve("classes.jsa")), "classes.jsa");
    List<String> version = new ArrayList<>(image.entryPoint());
    version.add(1, "-Xshare:on"); // fails unless the archive fits to the flags and the classes
    Path loaded = WarProcess.inNewFolder().folder().resolve("classes.txt");
    version.add(2, "-Xlog:class+load:file=" + loaded);
    version.add("--version");
    Process process = new ProcessBuilder(version).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals(1, output.lines().count(), output);
    assertEquals(
        List.of("shared objects file (top)"),
        Files.readAllLines(loaded).stream()
            .filter(line -> line.contains(" io.accesstokens.app.command.ServeCommand source: "))
            .map(line -> line.substring(line.indexOf("source: ") + "source: ".length()))
            .toList());
    assertEquals(
        List.of(ContainerImage.USER + ":" + ContainerImage.USER),
        ContainerImage.instructions("USER"));
  }

  @Test
  void buildContextContainsEveryNeededFile() throws Exception {
    List<String> sent =
        Files.readAllLines(CONFIG.resolve("Dockerfile.dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    for (String path : sent) {
      assertTrue(Files.exists(Path.of(path)), path);
    }
    // The build reads the project's own directories and the other files that the POMs name.
    assertTrue(sent.containsAll(List.of("pom.xml", ".mvn", "src", "webapp")), sent.toString());
    Set<String> named = filesNamedByPoms();
    assertEquals(Set.of("LICENSE", "NOTICE", "people.yaml", "groups.yaml"), named);
    for (String file : named) {
      assertTrue(sent.contains(file) || sent.contains("config/" + file), file);
    }
  }

  private static Set<String> filesNamedByPoms() throws IOException {
    Pattern included = Pattern.compile("<include>(LICENSE|NOTICE|\\w+\\.yaml)</include>");
    Set<String> named = new HashSet<>();
    try (Stream<Path> modules =
        Files.find(Path.of("src"), 2, (path, attributes) -> path.endsWith("pom.xml"))) {
      for (Path pom : Stream.concat(Stream.of(Path.of("pom.xml")), modules).toList()) {
        Matcher resources = included.matcher(Files.readString(pom));
        while (resources.find()) {
          named.add(resources.group(1));
        }
      }
    }
    return named;
  }

  @Test
  void composedServiceStartsOnItsDatabase() throws Exception {
    Object compose = yaml(Files.readString(CONFIG.resolve("compose.yaml")));
    Object service = at(compose, "services", "access-tokens");
    assertEquals("config/Dockerfile", at(service, "build", "dockerfile"));
    TestDatabase database = MariaDbServer.shared().newDatabase();
    Path folder = WarProcess.inNewFolder().folder();

    Map<String, String> environment = new HashMap<>();
    ((Map<?, ?>) at(service, "environment"))
        .forEach((name, value) -> environment.put((String) name, (String) value));
    Map<String, String> here = new HashMap<>();
    here.put(
        "/run/secrets/database-password",
        ContainerImage.file(folder, "secret", database.password() + "\n").toString());
    here.put(
        "/etc/access-tokens/people.yaml",
        ContainerImage.file(folder, "people.yaml", people()).toString());
    here.put(
        "/etc/access-tokens/groups.yaml",
        CONFIG.resolve("groups.yaml").toAbsolutePath().toString());
    environment.replaceAll((name, value) -> here.getOrDefault(value, value));
    assertEquals(List.of("database-password"), at(service, "secrets"));
    // A mounted file would keep its content when it is replaced by a renamed file.
    assertEquals(List.of("./secrets/access-tokens:/etc/access-tokens:ro"), at(service, "volumes"));
    String url = String.valueOf(environment.get("ACCESSTOKENS_DATABASE_URL"));
    assertTrue(url.startsWith("jdbc:mariadb://database:3306/"), url);
    environment.put("ACCESSTOKENS_DATABASE_URL", database.url());
    environment.put("ACCESSTOKENS_DATABASE_USER", database.user());
    environment.put("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/erin");

    try (RunningApplication application =
        RunningApplication.start(
            ContainerImage.ofBuild().container(folder, environment, List.of()))) {
      assertEquals(0, healthCheck(application.port()));
      assertEquals(
          200,
          application.api().basic("erin", "composed").get("/api/access-tokens/service").status());
    }
  }

  @Test
  void logOfEachServiceIsLimited() throws Exception {
    Object compose = yaml(Files.readString(CONFIG.resolve("compose.yaml")));
    Map<?, ?> services = (Map<?, ?>) at(compose, "services");
    assertEquals(Set.of("access-tokens", "database"), services.keySet());
    services
        .values()
        .forEach(
            service -> {
              // Podman does not know the driver "local".
              assertEquals("json-file", at(service, "logging", "driver"));
              assertEquals("50m", at(service, "logging", "options", "max-size"));
              assertEquals("10", at(service, "logging", "options", "max-file"));
            });
  }

  /** The unit of systemd restarts the service only if the process ends. */
  @Test
  void systemServiceEndsWithoutMemoryAsTheContainerDoes() throws Exception {
    String option = "-XX:+ExitOnOutOfMemoryError";
    assertTrue(
        ContainerImage.words(ContainerImage.instructions("ENTRYPOINT").get(0)).contains(option),
        "the image has no " + option);
    List<String> start =
        Files.readAllLines(Path.of("src/docs/run-as-a-service.md")).stream()
            .filter(line -> line.strip().startsWith("ExecStart="))
            .toList();
    assertEquals(1, start.size(), start::toString);
    assertTrue(List.of(start.get(0).strip().split(" ")).contains(option), start::toString);
  }

  private static String people() {
    return """
    people:
      - username: erin
        userEntityRef: user:default/erin
        password: %s
    """
        .formatted(PasswordHash.create("composed".toCharArray()).text());
  }

  @Test
  void healthCheckFailsWithoutAServer() throws Exception {
    assertEquals(1, healthCheck(1));
  }

  private static int healthCheck(int port) throws Exception {
    String instruction = ContainerImage.instructions("HEALTHCHECK").get(0);
    ProcessBuilder check =
        new ProcessBuilder(ContainerImage.words(instruction.substring(instruction.indexOf('['))));
    check.environment().put("ACCESSTOKENS_PORT", String.valueOf(port));
    return check.redirectErrorStream(true).start().waitFor();
  }

  @Test
  void imageWithoutSettingsRefusesSampleUsers() throws Exception {
    WarProcess process = WarProcess.inNewFolder();
    Outcome outcome =
        process
            .withEnvironment(
                "ACCESSTOKENS_HOST",
                String.valueOf(ContainerImage.environment().get("ACCESSTOKENS_HOST")))
            .withDataDirectory()
            .run("");
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.err().contains("accessTokens.login.usersFile"), outcome.err());
  }
}
