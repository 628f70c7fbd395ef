package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.accesstokens.testing.TestJvm;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.program.Terminal;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the output and the errors of the command line. */
class CommandLineIT {

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"--help", "-h"})
  void helpNamesEveryOptionAndCommand(String option) throws Exception {
    Outcome outcome = WarProcess.inNewFolder().fromWar().with(option).run("");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    for (String word :
        new String[] {
          "--host",
          "--port",
          "--data-dir",
          "--config",
          "--in-memory",
          "--tls-certificate",
          "--tls-key",
          "migrate",
          "hash-password",
          "explain",
          "import-backstage",
          "generate-completion",
          "--version"
        }) {
      assertTrue(outcome.out().contains(word), () -> word + " is missing: " + outcome);
    }
    assertEquals("", outcome.err());
  }

  @Test
  void versionIsTheBuildsVersion() throws Exception {
    Outcome outcome = WarProcess.inNewFolder().fromWar().with("--version").run("");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.out().matches("(?s).*\\d+\\.\\d+\\.\\d+.*"), outcome::toString);
  }

  @ParameterizedTest(name = "[{index}] limit {0}")
  @ValueSource(ints = {32, 64})
  void startWithTooFewOpenFilesIsRefusedInOneLine(int limit) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String war = System.getProperty("accesstokens.war");
    ShellRun run =
        ShellRun.of(
            TestJvm.environment(),
            List.of(
                "sh",
                "-c",
                "ulimit -n \"$0\" && exec \"$@\"",
                String.valueOf(limit),
                java,
                "-jar",
                war,
                "--help"));
    assertEquals(1, run.status(), run::output);
    assertTrue(
        run.output().startsWith("access-tokens cannot start: Too many open files."), run::output);
    assertEquals(1, run.output().lines().count(), run::output);
  }

  @Test
  void hashPasswordReadsStandardInputAndShowsNoPassword() throws Exception {
    WarProcess hash = WarProcess.inNewFolder().with("hash-password");
    Outcome one = hash.fromWar().run("s3cret-\u00fc of mine\n");
    Outcome two = hash.run("s3cret-\u00fc of mine\n");
    assertEquals(0, one.exitCode(), one::toString);
    assertEquals(1, one.out().strip().lines().count(), one::toString);
    assertFalse(one.out().contains("s3cret"), one::toString);
    assertNotEquals(one.out(), two.out(), "two hashes of one password must have different salts");
    for (String refused :
        new String[] {
          "", "\n", "elevenchars\n", "Password1234\n", "x\u0000\n", "s3cret-\uFFFD of mine\n"
        }) {
      Outcome outcome = hash.run(refused);
      assertEquals(2, outcome.exitCode(), outcome::toString);
      refuses(outcome, 1, "password");
      assertEquals("", outcome.out());
    }
  }

  @Test
  void hashPasswordHidesWhatIsTyped(@TempDir Path home) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String war = System.getProperty("accesstokens.war");
    try (Terminal terminal = Terminal.start(Terminal.Shell.BASH, home)) {
      terminal.paste(java + " -jar " + war + " hash-password");
      for (String prompt : new String[] {"Password: ", "Repeat password: "}) {
        terminal.await(shown -> shown.endsWith(prompt), "no prompt");
        terminal.paste("s3cret-of-mine");
      }
      terminal.await(shown -> shown.contains("pbkdf2-sha256$"), "no hash");
      assertFalse(terminal.shown().contains("s3cret"), terminal::shown);
    }
  }

  @Test
  void verifyLogHidesThePasswordThatIsTyped(@TempDir Path home) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String war = System.getProperty("accesstokens.war");
    try (Terminal terminal = Terminal.start(Terminal.Shell.BASH, home)) {
      terminal.paste(
          java + " -jar " + war + " verify-log --user bob --url http://127.0.0.1:" + freePort());
      terminal.await(shown -> shown.endsWith("Password: "), "no prompt");
      terminal.paste("s3cret-of-mine");
      terminal.await(shown -> shown.contains("does not respond"), "no error");
      assertFalse(terminal.shown().contains("s3cret"), terminal::shown);
      assertFalse(terminal.shown().contains("null"), terminal::shown);
    }
  }

  @Test
  void credentialsOfVerifyLogAreNotDisclosed() throws Exception {
    WarProcess verify = WarProcess.inNewFolder().with("verify-log");
    String two = verify.file("token", "bsat_s3cret\nbsat_s3cret\n").toString();
    String local = "http://127.0.0.1:" + freePort();
    refuses(verify.with("--url", local, "--bearer-file", two).run(""), 1, "--bearer-file");
    Outcome plain = verify.with("--url", "http://tokens.example.com", "--user", "b").run("s3cret");
    assertEquals(2, plain.exitCode(), plain::toString);
    assertTrue(plain.err().startsWith("--url must be https"), plain::toString);
  }

  @Test
  void damagedLogDoesNotPreventTheWithdrawalOfSigningKeys() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      alice.loggedEvents(alice.create().id()); // waits for the checkpoint
    }
    String note = change(call, "damaged");
    List<String> former = signingKeys(call);
    assertEquals(1, former.size(), former::toString);
    WarProcess withdraw = call.command("rotate-keys").with("--withdraw");
    Outcome damaged = withdraw.run("");
    assertEquals(3, damaged.exitCode(), damaged::toString);
    refuses(damaged, 1, "the keys of the transparency log could not be replaced");
    assertTrue(damaged.out().startsWith("all former signing keys are withdrawn"), damaged::out);
    List<String> fresh = signingKeys(call);
    assertEquals(1, fresh.size(), fresh::toString);
    assertNotEquals(former, fresh);
    assertEquals("damaged", change(call, note));
    Outcome repeated = withdraw.run("");
    assertEquals(0, repeated.exitCode(), repeated::toString);
    Outcome verified = call.command("verify-log").with("--database").run("");
    assertEquals(0, verified.exitCode(), verified::toString);
  }

  /** Replaces the stored checkpoint, and returns the former one. */
  private static String change(WarProcess call, String note) throws Exception {
    try (Connection connection = connect(call);
        Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("select note from access_token_log");
        PreparedStatement update =
            connection.prepareStatement("update access_token_log set note = ?")) {
      assertTrue(row.next(), "a checkpoint");
      String former = row.getString(1);
      update.setString(1, note);
      assertEquals(1, update.executeUpdate());
      return former;
    }
  }

  private static List<String> signingKeys(WarProcess call) throws Exception {
    return new Sql(() -> connect(call)).texts("select id from access_token_signing_keys");
  }

  private static Connection connect(WarProcess call) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:h2:file:"
            + call.dataDirectory().toAbsolutePath().resolve("access-tokens")
            + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE",
        "sa",
        "");
  }

  @Test
  void commandsThatChangeNothingCreateNoDatabase() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    WarProcess notices =
        call.withEnvironment("ACCESSTOKENS_NOTICES_MAIL_HOST", "mail.example.com")
            .withEnvironment("ACCESSTOKENS_NOTICES_MAIL_FROM", "access-tokens@example.com");
    for (WarProcess command :
        new WarProcess[] {
          notices.command("notices").with("--dry-run"),
          call.command("verify-log").with("--database"),
          call.command("archive-log").with("--older-than-days", "400", "--dry-run"),
          call.command("rotate-keys").with("--log", "--list")
        }) {
      Outcome outcome = command.run("");
      assertEquals(1, outcome.exitCode(), outcome::toString);
      refuses(outcome, 1, "does not exist");
    }
    Outcome pending = call.command("migrate").with("--dry-run").run("");
    assertEquals(0, pending.exitCode(), pending::toString);
    assertTrue(pending.out().contains("\npending "), pending::toString);
    assertFalse(Files.exists(call.dataDirectory()), "a command made a database");
    assertEquals(0, call.command("migrate").run("").exitCode());
    Path file = call.dataDirectory().resolve("access-tokens.mv.db");
    byte[] before = Files.readAllBytes(file);
    Outcome none = call.command("migrate").with("--dry-run").run("");
    assertEquals(
        List.of(
            "database jdbc:h2:file:" + call.dataDirectory().resolve("access-tokens"),
            "the schema is up to date"),
        none.out().lines().toList());
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void completionScriptCompletesCommandsAndOptions(@TempDir Path folder) throws Exception {
    Outcome outcome = WarProcess.inNewFolder().with("generate-completion").run("");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    Files.writeString(folder.resolve("script"), outcome.out());
    for (Terminal.Shell kind : new Terminal.Shell[] {Terminal.Shell.BASH, Terminal.Shell.ZSH}) {
      Path home = Files.createDirectory(folder.resolve(kind.name()));
      try (Terminal terminal = Terminal.start(kind, home)) {
        if (kind == Terminal.Shell.ZSH) {
          terminal.paste("autoload -U compinit bashcompinit && compinit -D && bashcompinit");
        }
        terminal.paste(". " + folder.resolve("script") + "; echo loa''ded");
        terminal.await(shown -> shown.contains("loaded"), "the script is not loaded");
        terminal.type("access-tokens import-b\t");
        terminal.await(shown -> shown.contains("ackstage"), "no completion");
        assertFalse(terminal.shown().contains("not found"), terminal::shown);
      }
    }
  }

  @Test
  void resultsAreJsonOnRequest() throws Exception {
    WarProcess migrate = WarProcess.inNewFolder().with("migrate").withDataDirectory();
    JsonObject pending = json(migrate.with("--dry-run", "--output", "json").run(""), 0);
    assertTrue(pending.getBoolean("dryRun"), pending::toString);
    JsonObject first = pending.getJsonArray("migrations").getJsonObject(0);
    assertEquals(Set.of("version", "description"), first.keySet());
    JsonObject applied = json(migrate.with("--output", "json").run(""), 0);
    assertEquals(pending.getJsonArray("migrations"), applied.getJsonArray("migrations"));
    String database = applied.getString("database");
    assertEquals("jdbc:h2:file:" + migrate.dataDirectory().resolve("access-tokens"), database);
    WarProcess explain =
        WarProcess.inNewFolder()
            .withGroups()
            .with("explain", "--output", "JSON", "--permission", "service:write");
    JsonObject allowed = json(explain.with("--person", "carol", "--group", "platform").run(""), 0);
    assertTrue(allowed.getBoolean("allowed"), allowed::toString);
    assertEquals("user:default/carol", allowed.getString("user"));
    assertEquals("group:default/platform", allowed.getString("group"));
    assertEquals(365, allowed.getJsonObject("limits").getInt("maxLifetimeDays"));
    JsonObject denied = json(explain.with("--person", "dave").run(""), 3);
    assertTrue(denied.isNull("group") && denied.isNull("limits"), denied::toString);
    refuses(migrate.with("--output", "yaml").run(""), 2, "--output");
  }

  /** Asserts that the output is one JSON object in one line, and returns the object. */
  static JsonObject json(Outcome outcome, int exitCode) {
    assertEquals(exitCode, outcome.exitCode(), outcome::toString);
    assertEquals(1, outcome.out().lines().count(), outcome::toString);
    try (JsonReader reader = Json.createReader(new StringReader(outcome.out()))) {
      return reader.readObject();
    }
  }

  @Test
  void migrateAppliesTheListedMigrationsOnce() throws Exception {
    WarProcess migrate = WarProcess.inNewFolder().with("migrate").withDataDirectory();
    Outcome dry = migrate.with("--dry-run").run("");
    Outcome dryAgain = migrate.with("--dry-run").run("");
    assertEquals(dry.out(), dryAgain.out(), "a dry run must change nothing");
    assertTrue(dry.out().matches("(?s).*\\d.*"), dry::toString);
    Outcome first = migrate.run("");
    Outcome second = migrate.run("");
    for (Outcome outcome : new Outcome[] {dry, first, second}) {
      assertEquals(0, outcome.exitCode(), outcome::toString);
    }
    assertNotEquals(first.out(), second.out());
    try (RunningApplication application =
        RunningApplication.start(WarProcess.in(migrate.folder()).withDataDirectory())) {
      application.api().as("alice").get("/api/access-tokens/service").ok();
    }
  }

  static Stream<Arguments> wrongSettings() {
    return Stream.of(
        arguments(1, "maxTokenLifetimeDays", "service: {maxTokenLifetimeDays: 0}"),
        arguments(1, "maxTokenLifetimeDays", "service: {maxTokenLifetimeDays: -1}"),
        arguments(1, "maxTokenLifetimeDays", "service: {maxTokenLifetimeDays: many}"),
        arguments(1, "defaultTokenLifetimeDays", "service: {defaultTokenLifetimeDays: 0}"),
        arguments(
            1,
            "defaultTokenLifetimeDays",
            "service: {maxTokenLifetimeDays: 7, defaultTokenLifetimeDays: 8}"),
        arguments(1, "nonsense", "service: {nonsense: 1}"),
        arguments(1, "maxTokenLifetimeDay", "service: {maxTokenLifetimeDay: 1}"),
        arguments(
            1,
            "scopes",
            "service: {scopes: [{id: 'catalog:read', description: again, plugin: x}]}"),
        arguments(1, "port", "port: 70000"),
        // the embedded server has no realm
        arguments(1, "login.container", "login: {container: true}"),
        arguments(1, "servicePrefix", "rawToken: {servicePrefix: 'UPPER '}"),
        arguments(
            2, "maxTokenLifetimeDays", "service: {maxTokenLifetimeDays: 0, cacheTtlSeconds: -5}"),
        // the certificate cannot be read, and the key is missing
        arguments(2, "tls", "tls: {certificate: /nowhere/cert.pem}"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("wrongSettings")
  void eachWrongSettingIsReportedInOneLine(int mistakes, String named, String setting)
      throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .withConfig("accessTokens:\n  " + setting + "\n")
            .with("--in-memory");
    if (!setting.startsWith("port")) {
      call = call.with("--port", "" + RunningApplication.freePort());
    }
    refuses(call.run(""), mistakes, named);
  }

  @Test
  void wrongSettingInTheEnvironmentIsReportedInOneLine() throws Exception {
    refuses(
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_SERVICE_MAXTOKENLIFETIMEDAYS", "-3")
            .run(""),
        1,
        "maxTokenLifetimeDays");
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"accessTokens: [", "\t- x: {", "accessTokens: 7", "just text"})
  void unreadableSettingsFileIsReportedInOneLine(String yaml) throws Exception {
    refuses(WarProcess.inNewFolder().withConfig(yaml).with("--in-memory").run(""), 1, "");
  }

  @Test
  void missingSettingsFileIsReportedInOneLine() throws Exception {
    refuses(
        WarProcess.inNewFolder().with("--in-memory", "--config", "/nowhere/x.yaml").run(""),
        1,
        "/nowhere/x.yaml, which does not exist (command line)");
  }

  @Test
  void optionBeforeACommandIsRefused() throws Exception {
    WarProcess call = WarProcess.inNewFolder();
    String config = call.file("other.yaml", "port: 1").toString();
    Outcome outcome = call.with("--config", config, "migrate", "--dry-run").run("");
    assertEquals(2, outcome.exitCode(), outcome::toString);
    assertTrue(
        outcome.err().startsWith("the option --config must not be before the command migrate"),
        outcome::toString);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {"", "migrate", "verify-log --database", "archive-log --dry-run --before x"})
  void emptyValueOfAnOptionIsRefused(String command) throws Exception {
    WarProcess call = WarProcess.inNewFolder();
    if (!command.isEmpty()) {
      call = call.with(command.split(" "));
    }
    Outcome outcome = call.with("--config", "").run("");
    assertEquals(2, outcome.exitCode(), outcome::toString);
    assertTrue(
        outcome.err().startsWith("the value of the option --config must not be empty"),
        outcome::toString);
  }

  @Test
  void commandsWarnAboutUnknownSettings() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .withDataDirectory()
            .withEnvironment("ACCESSTOKENS_DATABASE_URI", "jdbc:postgresql://db/x");
    for (WarProcess command :
        new WarProcess[] {
          call.command("migrate"),
          call.command("explain").with("--person", "alice", "--permission", "service:read"),
          call.command("verify-log").with("--database")
        }) {
      Outcome outcome = command.run("");
      assertTrue(outcome.err().contains("ACCESSTOKENS_DATABASE_URI"), outcome::toString);
    }
  }

  @Test
  void resultThatCannotBeWrittenIsAnError() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory().fromWar();
    Path errors = call.file("errors.txt", "");
    Process process =
        call.command("migrate").with("--output", "json").start(Path.of("/dev/full"), errors);
    assertEquals(1, process.waitFor());
    assertEquals(
        List.of("the result could not be written to standard output"), Files.readAllLines(errors));
  }

  @Test
  void digitsDoNotDependOnTheLocale() throws Exception {
    Outcome outcome =
        WarProcess.inNewFolder()
            .withGroups()
            .fromWar()
            .withJvmOptions("-Duser.language=ar", "-Duser.country=EG")
            .with("explain", "--person", "carol", "--permission", "service:write")
            .with("--group", "platform")
            .run("");
    assertTrue(outcome.out().contains("at most 365 days"), outcome::toString);
  }

  @Test
  void searchDoesNotDependOnTheLocale() throws Exception {
    WarProcess turkish =
        WarProcess.inNewFolder()
            .withDataDirectory()
            .fromWar()
            .withJvmOptions("-Duser.language=tr", "-Duser.country=TR");
    try (RunningApplication application = RunningApplication.start(turkish)) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      alice.create(TokenRequest.good().withText("name", "nightly-ci"));
      assertEquals(1, alice.list("q=NIGHTLY-CI").getInt("total"));
    }
  }

  @Test
  void readOnlyDatabaseIsReportedInOneLine() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    assertEquals(0, call.command("migrate").run("").exitCode());
    String url = "jdbc:h2:" + call.dataDirectory().resolve("access-tokens") + ";ACCESS_MODE_DATA=r";
    WarProcess readOnly = call.withEnvironment("ACCESSTOKENS_DATABASE_URL", url);
    refuses(readOnly.with("--port", "" + freePort()).run(""), 1, "the database is read-only");
    refuses(readOnly.command("rotate-keys").run(""), 1, "the database is read-only");
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"--nonsense", "nonsense", "--port=x", "--port"})
  void unknownOptionIsRefused(String option) throws Exception {
    Outcome outcome = WarProcess.inNewFolder().with(option).run("");
    assertNotEquals(0, outcome.exitCode(), outcome::toString);
    assertFalse(outcome.err().isBlank(), outcome::toString);
    assertFalse(outcome.err().contains("\tat "), outcome::toString);
  }

  @Test
  void portInUseIsReportedInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = "" + taken.getLocalPort();
      refuses(WarProcess.inNewFolder().with("--in-memory", "--port", port).run(""), 1, port);
    }
  }

  @Test
  void readOnlyDataDirectoryIsReportedInOneLine() throws Exception {
    // The path is below a file, so that not even root can create the directory.
    WarProcess call = WarProcess.inNewFolder();
    String below = call.file("file", "").resolve("data").toString();
    refuses(call.with("--data-dir", below, "--port", "" + freePort()).run(""), 1, "data");
    refuses(call.with("--data-dir", "/proc/nowhere", "--port", "" + freePort()).run(""), 1, "");
  }

  @Test
  void databaseInUseIsReportedInOneLine() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    try (RunningApplication first = RunningApplication.start(call)) {
      refuses(call.with("--port", "" + freePort()).run(""), 1, "");
      first.api().as("alice").get("/api/access-tokens/service").ok();
    }
  }

  @Test
  void unreachableDatabaseIsReportedInOneLine() throws Exception {
    refuses(
        WarProcess.inNewFolder()
            .with("--port", "" + freePort())
            .withDatabase("jdbc:mariadb://127.0.0.1:" + freePort() + "/x", "user", "s3cret-pw")
            .run(""),
        1,
        "");
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"0.0.0.0", "::"})
  void sampleUsersAreLocalOnly(String host) throws Exception {
    Outcome outcome =
        WarProcess.inNewFolder()
            .with("--in-memory", "--host", host, "--port", "" + freePort())
            .run("");
    refuses(outcome, 1, "");
  }

  @Test
  void extractedFilesAreRemovedAfterAFailedStart() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar();
    refuses(call.with("--in-memory", "--config", "/nowhere/x.yaml").run(""), 1, "");
    try (var left = Files.list(call.temporaryDirectory())) {
      assertEquals(0, left.count());
    }
  }

  private static int freePort() throws Exception {
    return RunningApplication.freePort();
  }

  /** Asserts that the command failed with this number of error lines, which name the cause. */
  static void refuses(Outcome outcome, int lines, String named) {
    assertNotEquals(0, outcome.exitCode(), outcome::toString);
    assertFalse((outcome.err() + outcome.out()).contains("\tat "), outcome::toString);
    assertEquals(lines, outcome.errorLines().size(), outcome::toString);
    assertTrue(outcome.err().contains(named), () -> named + " is not named: " + outcome);
    assertFalse(outcome.err().contains("s3cret"), outcome::toString);
    for (String line : outcome.errorLines()) {
      assertTrue(line.length() < 500, outcome::toString);
      assertFalse(line.contains("Exception"), outcome::toString);
    }
  }
}
