package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Tests the files for container engines without an engine. It applies the steps of the Dockerfile
 * and the Compose file to a process of this machine.
 */
class ContainerImageIT {

  private static final Path CONFIG = Path.of("config");

  /**
   * Returns the instructions with their arguments. Continued lines are joined, and comments are
   * removed.
   */
  private static List<String> dockerfile() throws IOException {
    String text =
        Files.readString(CONFIG.resolve("Dockerfile"))
            .replaceAll("(?m)^#.*\\n", "")
            .replaceAll("\\\\\\n", " ");
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static List<String> instructions(String name) throws IOException {
    return dockerfile().stream()
        .filter(line -> line.startsWith(name + ' '))
        .map(line -> line.substring(name.length()).strip())
        .toList();
  }

  /** Returns the words of the exec form, a JSON array of strings, which is also YAML. */
  private static List<String> words(String array) {
    List<String> words = new ArrayList<>();
    for (Object word : (List<?>) yaml(array)) {
      words.add((String) word);
    }
    return words;
  }

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

  private static Map<String, String> imageEnvironment() throws IOException {
    Map<String, String> environment = new TreeMap<>();
    Matcher pairs = Pattern.compile("(\\w+)=(\\S+)").matcher(instructions("ENV").get(0));
    while (pairs.find()) {
      environment.put(pairs.group(1), pairs.group(2));
    }
    return environment;
  }

  @Test
  void imageContainsTheEntryPoint() throws Exception {
    List<String> copied = List.of(instructions("COPY").get(1).split(" +"));
    assertEquals("/build/target/access-tokens.war", copied.get(1));
    List<String> entryPoint = words(instructions("ENTRYPOINT").get(0));
    assertEquals("java", entryPoint.get(0));
    assertEquals(
        List.of("-jar", copied.get(2)),
        entryPoint.subList(entryPoint.size() - 2, entryPoint.size()));
    List<String> flags = new ArrayList<>(entryPoint.subList(1, entryPoint.size() - 2));
    flags.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    flags.add("-version");
    assertEquals(0, new ProcessBuilder(flags).inheritIO().start().waitFor());
    assertEquals(List.of("10001:10001"), instructions("USER"));
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
    // The build reads the project's own directories and the other files that pom.xml names.
    assertTrue(sent.containsAll(List.of("pom.xml", ".mvn", "src", "webapp")), sent.toString());
    Matcher resources =
        Pattern.compile("<include>(LICENSE|NOTICE|\\w+\\.yaml)</include>")
            .matcher(Files.readString(Path.of("pom.xml")));
    while (resources.find()) {
      String file = resources.group(1);
      assertTrue(sent.contains(file) || sent.contains("config/" + file), file);
    }
  }

  @Test
  void composedServiceStartsOnItsDatabase() throws Exception {
    Object compose = yaml(Files.readString(CONFIG.resolve("compose.yaml")));
    Object service = at(compose, "services", "access-tokens");
    assertEquals("config/Dockerfile", at(service, "build", "dockerfile"));
    MariaDbServer.Database database = MariaDbServer.shared().newDatabase();
    WarProcess process = WarProcess.inNewFolder();

    Map<String, String> environment = new HashMap<>(imageEnvironment());
    ((Map<?, ?>) at(service, "environment"))
        .forEach((name, value) -> environment.put((String) name, (String) value));
    Map<String, String> here = new HashMap<>();
    here.put(
        "/run/secrets/database-password",
        process.file("secret", database.password() + "\n").toString());
    here.put("/etc/access-tokens/people.yaml", process.file("people.yaml", people()).toString());
    here.put(
        "/etc/access-tokens/groups.yaml",
        CONFIG.resolve("groups.yaml").toAbsolutePath().toString());
    here.put("/var/lib/access-tokens/data", process.dataDirectory().toString());
    environment.replaceAll((name, value) -> here.getOrDefault(value, value));
    for (String mounted : here.keySet()) {
      assertTrue(mounted.startsWith("/var/lib") || compose.toString().contains(mounted), mounted);
    }
    String url = String.valueOf(environment.get("ACCESSTOKENS_DATABASE_URL"));
    assertTrue(url.startsWith("jdbc:mariadb://database:3306/"), url);
    environment.put("ACCESSTOKENS_DATABASE_URL", database.url());
    environment.put("ACCESSTOKENS_DATABASE_USER", database.user());
    environment.put("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/erin");
    environment.put("ACCESSTOKENS_PORT", "0");
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      process = process.withEnvironment(variable.getKey(), variable.getValue());
    }

    try (RunningApplication application = RunningApplication.start(process)) {
      assertEquals(0, healthCheck(application.port()));
      assertEquals(
          200,
          application.api().basic("erin", "composed").get("/api/access-tokens/service").status());
    }
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
    String instruction = instructions("HEALTHCHECK").get(0);
    ProcessBuilder check =
        new ProcessBuilder(words(instruction.substring(instruction.indexOf('['))));
    check.environment().put("ACCESSTOKENS_PORT", String.valueOf(port));
    return check.redirectErrorStream(true).start().waitFor();
  }

  @Test
  void imageWithoutSettingsRefusesSampleUsers() throws Exception {
    WarProcess process = WarProcess.inNewFolder();
    WarProcess.Outcome outcome =
        process
            .withEnvironment(
                "ACCESSTOKENS_HOST", String.valueOf(imageEnvironment().get("ACCESSTOKENS_HOST")))
            .withDataDirectory()
            .run("");
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.err().contains("accessTokens.login.usersFile"), outcome.err());
  }
}
