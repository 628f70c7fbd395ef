package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.server.BackstagePlugin.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.hibernate.TokenImport;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.BackstagePlugin;
import io.accesstokens.testing.server.BackstagePlugin.Product;
import io.accesstokens.testing.server.BackstagePlugin.Token;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Tests the rejections and messages of an import from the Backstage plugin, and its read-only
 * access to the source.
 */
class BackstageImportErrorsIT {

  private final WarProcess call =
      WarProcess.inNewFolder()
          .withConfig("accessTokens:\n  rawToken:\n    acceptWithoutChecksum: true\n")
          .withDataDirectory();

  private BackstagePlugin sqlite() throws Exception {
    return BackstagePlugin.in(Product.SQLITE, call.folder());
  }

  @Test
  void invalidTokensAreReportedAndOthersImported() throws Exception {
    BackstagePlugin plugin = sqlite();
    Token good = plugin.put(token("good"));
    List<Token> refused =
        List.of(
            token("Upper Case"),
            token("no-id").with("id", "not-a-uuid"),
            token("no-hash").with("token_hash", "5f4dcc3b5aa765d61d8327deb882cf99"),
            token("blank").with("description", " "),
            token("long").with("description", "x".repeat(501)),
            token("no-group").with("group_entity_ref", "user:default/alice"),
            token("no-scope").with("scopes", "[]"),
            token("no-json").with("scopes", "catalog:read"),
            token("many").with("scopes", scopes(200_000)),
            token("power").with("scopes", "[\"access-tokens:service:revoke\"]"),
            token("when").with("expires_at", "soon"),
            token("seconds").with("expires_at", 1_900_000_000L),
            token("never").with("expires_at", "2025-12-31 23:59:59"),
            token("who").with("created_by", "x".repeat(256)),
            token("half").with("revoked_by", "user:default/bob"));
    plugin.putAll(refused);
    Token kept =
        plugin.put(
            token("kept")
                .with("scopes", "[\"billing:read\"]")
                .with("group_entity_ref", "group:default/nowhere")
                .with("created_by", "plugin:scaffolder"));
    plugin.putEvent(good.id(), "renamed", null, "{}", "2026-01-01 00:00:00");
    plugin.putEvent(good.id(), "rotated", null, "{}", "2026-01-01 00:00:00");
    plugin.putEvent(good.id(), "created", null, "{}", "9000-01-01 00:00:00");
    Outcome outcome = ImportCall.from(plugin).run(call);
    assertEquals(3, outcome.exitCode(), outcome::toString);
    ImportCall.assertCounts(outcome, 17, 2, 0, 0, 15);
    for (Token token : refused) {
      String named = "refused: " + token.id() + " (" + token.row().get("name") + " of ";
      assertTrue(outcome.out().contains(named), () -> named + " is missing: " + outcome);
      assertFalse(outcome.out().contains(token.hash().substring(0, 16)), outcome::toString);
    }
    for (String word :
        List.of(
            "billing:read is not in the scope catalog",
            "group:default/nowhere is not in the directory",
            "plugin:scaffolder is not the ref of a user",
            "would be a permission of this service",
            "left out: " + good.id(),
            " is in the future (9000-01-01T00:00:00Z)",
            "audit events refused: 3")) {
      assertTrue(outcome.out().contains(word), () -> word + " is missing: " + outcome);
    }
    assertEquals("", outcome.err());
    try (RunningApplication application = RunningApplication.start(call)) {
      application.api().bearer(good.rawToken()).get(WHOAMI).ok();
      application.api().bearer(kept.rawToken()).get(WHOAMI).ok();
      for (Token token : refused) {
        application.api().bearer(token.rawToken()).get(WHOAMI).problem(401);
      }
    }
  }

  private static String scopes(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> "\"s" + i + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** The lines of the audit log must not depend on the success of later batches. */
  @Test
  void failedImportWritesTheAuditLinesOfItsFirstBatches() throws Exception {
    BackstagePlugin plugin = sqlite();
    Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i <= TokenImport.BATCH; i++) {
      tokens.add(token("t-" + i).with("created_at", start.plusSeconds(i)));
    }
    plugin.putAll(tokens);
    TestDatabase target = MariaDbServer.shared().newDatabase();
    WarProcess into = migrated(target);
    target
        .sql()
        .execute(
            "alter table service_access_tokens add constraint fails check (name <> 't-"
                + TokenImport.BATCH
                + "')");
    Outcome outcome = ImportCall.from(plugin).run(into);
    assertEquals(1, outcome.exitCode(), outcome::toString);
    assertEquals(TokenImport.BATCH, target.sql().count("service_access_tokens"));
    assertEquals(
        TokenImport.BATCH,
        outcome.out().lines().filter(line -> line.contains("\"imported\"")).count(),
        outcome::toString);
  }

  /** Returns a command on a database that has the current schema. */
  private static WarProcess migrated(TestDatabase target) throws Exception {
    WarProcess into = WarProcess.inNewFolder().withDatabase(target);
    assertEquals(0, into.with("migrate").run("").exitCode());
    return into;
  }

  @Test
  void dryRunNeedsACurrentSchema() throws Exception {
    BackstagePlugin plugin = sqlite();
    plugin.put(token("first"));
    TestDatabase target = MariaDbServer.shared().newDatabase();
    WarProcess into = migrated(target);
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("alter table service_access_token_audit_log drop column log_index");
      statement.execute("delete from access_tokens_schema_history where version = '431'");
      CommandLineIT.refuses(
          ImportCall.from(plugin).with("--dry-run").run(into), 1, "run migrate first");
    }
  }

  @Test
  void duplicatesByGroupAndNameAreReportedAndNotImported() throws Exception {
    BackstagePlugin plugin = sqlite();
    Token one = plugin.put(token("ci").with("group_entity_ref", "Group:default/Platform"));
    Token two = plugin.put(token("ci"));
    Token alone = plugin.put(token("cd").with("group_entity_ref", "group:default/PLATFORM"));
    Outcome outcome = ImportCall.from(plugin).run(call);
    assertEquals(3, outcome.exitCode(), outcome::toString);
    ImportCall.assertCounts(outcome, 3, 1, 0, 0, 2);
    for (Token token : List.of(one, two)) {
      assertEquals(
          2,
          outcome.out().lines().filter(line -> line.contains(token.id())).count(),
          "named itself, and by the other");
    }
    // One of them is revoked in the plugin, so the other one can be imported.
    plugin.revoke(one, "the other one is used");
    Outcome again = ImportCall.from(plugin).run(call);
    assertEquals(0, again.exitCode(), again::toString);
    ImportCall.assertCounts(again, 3, 2, 1, 0, 0);
    // With a third spelling, the token that is already imported keeps the name.
    Token late = plugin.put(token("ci").with("group_entity_ref", "platform"));
    Outcome third = ImportCall.from(plugin).run(call);
    assertEquals(3, third.exitCode(), third::toString);
    ImportCall.assertCounts(third, 4, 0, 3, 0, 1);
    assertTrue(third.out().contains("refused: " + late.id()), third::toString);
    try (RunningApplication application = RunningApplication.start(call)) {
      application.api().bearer(two.rawToken()).get(WHOAMI).ok();
      assertEquals(
          "service-token:group:default/platform:cd",
          application.api().bearer(alone.rawToken()).get(WHOAMI).ok().getString("subject"));
      application.api().bearer(one.rawToken()).get(WHOAMI).problem(401);
      application.api().bearer(late.rawToken()).get(WHOAMI).problem(401);
    }
  }

  @Test
  void existingNameIsNotReplaced() throws Exception {
    BackstagePlugin plugin = sqlite();
    Token there = plugin.put(token("deploy"));
    try (RunningApplication application = RunningApplication.start(call)) {
      new ServiceTokens(application.api().as("alice"))
          .create(TokenRequest.good().withText("name", "deploy"));
      application.stop();
    }
    Outcome outcome = ImportCall.from(plugin).run(call);
    assertEquals(3, outcome.exitCode(), outcome::toString);
    ImportCall.assertCounts(outcome, 1, 0, 0, 0, 1);
    assertTrue(outcome.out().contains("refused: " + there.id()), outcome::toString);
  }

  @Test
  void dryRunPrintsTheSameSummaryAndWritesNothing() throws Exception {
    BackstagePlugin plugin = sqlite();
    Token first = plugin.put(token("first"));
    plugin.put(token("Not A Name"));
    Outcome dry = ImportCall.from(plugin).with("--dry-run").run(call);
    assertEquals(3, dry.exitCode(), dry::toString);
    assertFalse(Files.exists(call.dataDirectory()), "a dry run made a database");
    Outcome run = ImportCall.from(plugin).run(call);
    assertEquals(summary(run), summary(dry));

    plugin.revoke(first, "gone");
    plugin.put(token("first").with("group_entity_ref", "Group:default/platform"));
    Path database = call.dataDirectory().resolve("access-tokens.mv.db");
    byte[] before = Files.readAllBytes(database);
    Outcome dryAgain = ImportCall.from(plugin).with("--dry-run").run(call);
    assertArrayEquals(before, Files.readAllBytes(database));
    ImportCall.assertCounts(dryAgain, 3, 1, 0, 1, 1);
    assertEquals(summary(ImportCall.from(plugin).run(call)), summary(dryAgain));
  }

  private static List<String> summary(Outcome outcome) {
    return outcome
        .out()
        .lines()
        .filter(line -> !line.startsWith("{"))
        .map(line -> line.replaceFirst("^dry run: ", ""))
        .toList();
  }

  @Test
  void sourceIsReadOnlyDuringConcurrentWrites() throws Exception {
    BackstagePlugin plugin = sqlite();
    plugin.put(token("seen"));
    Path file = Path.of(plugin.url().substring("jdbc:sqlite:".length()));
    byte[] before = Files.readAllBytes(file);
    assertEquals(0, ImportCall.from(plugin).run(call).exitCode());
    assertArrayEquals(before, Files.readAllBytes(file));
    try (Connection writer = plugin.connect();
        Statement statement = writer.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("begin immediate");
      statement.execute("update service_access_tokens set name = 'Not Committed'");
      ImportCall.assertCounts(ImportCall.from(plugin).run(call), 1, 0, 1, 0, 0);
      statement.execute("rollback");
      statement.execute("pragma journal_mode = delete");
      statement.execute("begin exclusive");
      CommandLineIT.refuses(ImportCall.from(plugin).run(call), 1, "locked");
      statement.execute("rollback");
    }
  }

  @Test
  void databaseOfARunningServiceIsInUse() throws Exception {
    BackstagePlugin plugin = sqlite();
    plugin.put(token("waits"));
    try (RunningApplication application = RunningApplication.start(call)) {
      CommandLineIT.refuses(ImportCall.from(plugin).run(call), 1, "in use by another process");
      CommandLineIT.refuses(
          ImportCall.from(plugin).with("--dry-run").run(call), 1, "in use by another process");
      application.stop();
    }
    assertEquals(0, ImportCall.from(plugin).run(call).exitCode());
  }

  @Test
  void unreadableSourceIsReportedInOneLineWithoutSecrets() throws Exception {
    int unused = RunningApplication.freePort();
    String server = PostgresServer.shared().newDatabase().url();
    for (List<String> source :
        List.of(
            List.of("jdbc:postgresql://u:s3cret@127.0.0.1:" + unused + "/x", "--password-file"),
            List.of("jdbc:postgresql://127.0.0.1:" + unused + "/x?user=u&password=s3cret", "reach"),
            List.of("jdbc:mariadb://127.0.0.1:" + unused + "/x?user=u&password=s3cret", "reach"),
            List.of(server + "?user=tester&password=s3cret", "password is wrong"),
            List.of(
                server + "?user=" + PostgresServer.USER + "&password=" + PostgresServer.PASSWORD,
                "no table"))) {
      Outcome outcome = new ImportCall(List.of("--url", source.get(0)), "").run(call);
      CommandLineIT.refuses(outcome, 1, source.get(1));
      assertFalse(outcome.toString().contains(PostgresServer.PASSWORD), outcome::toString);
    }
    Outcome missing =
        new ImportCall(List.of("--url", server, "--password-file", "missing"), "").run(call);
    CommandLineIT.refuses(missing, 1, "the password file missing does not exist");
    assertFalse(
        Files.exists(call.dataDirectory().resolve("access-tokens.mv.db")),
        "a database was created");
  }

  @Test
  void missingDriverIsReportedInOneLineWithItsJar() throws Exception {
    String url = sqlite().url();
    Path folder = Files.createTempDirectory(call.folder(), "drivers");
    assertRefused(url, folder.resolve("nowhere"), "nowhere is not a readable directory");
    assertRefused(url, folder.resolve("nowhere"), "org.xerial:sqlite-jdbc");
    assertRefused(
        url, call.file("drivers.jar", "a file"), "drivers.jar is not a readable directory");
    assertRefused(url, folder, "contains no *.jar file");
    Files.createDirectory(folder.resolve("a-directory.jar"));
    assertRefused(url, folder, "a-directory.jar cannot be read");
    Files.delete(folder.resolve("a-directory.jar"));

    byte[] driver = Files.readAllBytes(ImportCall.sqliteDriver());
    Path jar = folder.resolve("driver.jar");
    Files.write(jar, Arrays.copyOf(driver, driver.length / 2));
    assertRefused(url, folder, "driver.jar cannot be read");
    writeJar(jar, Map.of("META-INF/services/java.sql.Driver", "org.sqlite.JDBC".getBytes(UTF_8)));
    assertRefused(url, folder, "no JDBC driver for SQLite");
    writeJar(jar, Map.of("org/sqlite/JDBC.class", new byte[] {1, 2, 3}));
    assertRefused(url, folder, "the JDBC driver for SQLite cannot be loaded");
    writeJar(jar, classes(driver, name -> name.endsWith("/JDBC.class")));
    assertRefused(url, folder, "the JDBC driver for SQLite cannot be loaded");
    // All classes, but no native library.
    writeJar(jar, classes(driver, name -> name.endsWith(".class")));
    assertRefused(url, folder, "may not support this platform");

    Outcome without = new ImportCall(List.of("--url", url), "").run(call);
    CommandLineIT.refuses(without, 1, "there is no JDBC driver for SQLite");
    CommandLineIT.refuses(without, 1, "org.xerial:sqlite-jdbc");
  }

  private void assertRefused(String url, Path drivers, String named) throws Exception {
    Outcome outcome =
        new ImportCall(List.of("--url", url, "--drivers", drivers.toString()), "").run(call);
    CommandLineIT.refuses(outcome, 1, named);
    assertEquals(1, outcome.exitCode(), outcome::toString);
    assertFalse(Files.exists(call.dataDirectory()), "a refused import made a database");
  }

  private static void writeJar(Path jar, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
  }

  private static Map<String, byte[]> classes(byte[] jar, Predicate<String> kept)
      throws IOException {
    Map<String, byte[]> entries = new HashMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (kept.test(entry.getName())) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    return entries;
  }

  @Test
  void unsuitableTargetsAreRefused() throws Exception {
    WarProcess inMemory = WarProcess.inNewFolder().withConfig("accessTokens:\n  inMemory: true\n");
    CommandLineIT.refuses(ImportCall.from(sqlite()).run(inMemory), 1, "persistent database");

    TestDatabase own = MariaDbServer.shared().newDatabase();
    WarProcess target = WarProcess.inNewFolder().withDatabase(own);
    assertEquals(0, target.with("migrate").run("").exitCode());
    BackstagePlugin itself =
        new BackstagePlugin(own.url(), own.user(), own.password(), Product.MARIADB);
    CommandLineIT.refuses(ImportCall.from(itself).run(target), 1, "access-tokens itself");

    BackstagePlugin plugin = BackstagePlugin.in(Product.MARIADB, call.folder());
    plugin.put(token("mine"));
    WarProcess intoPlugin =
        WarProcess.inNewFolder().withDatabase(plugin.url(), plugin.user(), plugin.password());
    CommandLineIT.refuses(ImportCall.from(plugin).run(intoPlugin), 1, "another program");
    CommandLineIT.refuses(
        ImportCall.from(plugin).with("--dry-run").run(intoPlugin), 1, "another program");
  }

  @Test
  void passwordIsReadFromAFileAndPluginTokensNeedTheSetting() throws Exception {
    WarProcess plain = WarProcess.inNewFolder().withDataDirectory();
    BackstagePlugin plugin = BackstagePlugin.in(Product.POSTGRESQL, plain.folder());
    Token token = plugin.put(token("first"));
    Path password = plain.file("password", plugin.password() + "\n");
    Outcome outcome =
        new ImportCall(
                List.of(
                    "--url",
                    plugin.url(),
                    "--user",
                    plugin.user(),
                    "--password-file",
                    "" + password),
                "")
            .run(plain);
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.out().contains("acceptWithoutChecksum"), outcome::toString);
    try (RunningApplication application = RunningApplication.start(plain)) {
      application.api().bearer(token.rawToken()).get(WHOAMI).problem(401);
    }
  }

  @Test
  void killedImportLeavesCompleteTokensAndCanBeRepeated() throws Exception {
    BackstagePlugin plugin = sqlite();
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      tokens.add(token("t-" + i));
    }
    plugin.putAll(tokens);
    TestDatabase target = MariaDbServer.shared().newDatabase();
    WarProcess into = WarProcess.inNewFolder().withDatabase(target);
    assertEquals(0, into.with("migrate").run("").exitCode());
    Sql sql = target.sql();
    Process process = ImportCall.from(plugin).into(into).start(into.folder().resolve("killed.txt"));
    long seen;
    do {
      seen = sql.count("service_access_tokens");
    } while (seen == 0 && process.isAlive());
    process.destroyForcibly().waitFor();
    assertTrue(seen > 0 && seen < tokens.size(), "not in the middle: " + seen);
    assertWhole(sql);
    Outcome rest = ImportCall.from(plugin).run(into);
    assertEquals(0, rest.exitCode(), rest::toString);
    int all = tokens.size();
    assertEquals(all, sql.count("service_access_tokens"));
    assertWhole(sql);
    ImportCall.assertCounts(ImportCall.from(plugin).run(into), all, 0, all, 0, 0);
    assertEquals(2L * all, sql.count("service_access_token_audit_log"));
    assertEquals(all, sql.count("access_token_changes"));
  }

  private static void assertWhole(Sql sql) throws Exception {
    assertEquals(
        0,
        sql.count(
            "service_access_tokens t where (select count(*) from service_access_token_audit_log a"
                + " where a.token_id = t.id) <> 2"),
        "tokens without their events");
    assertEquals(
        0,
        sql.count(
            "service_access_tokens t where not exists (select 1 from access_token_changes c"
                + " where c.token_hash = t.token_hash)"),
        "tokens that the feed does not know");
  }
}
