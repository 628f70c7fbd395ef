package io.accesstokens.store.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.program.ServerPrograms;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MariaDbMigrationsIT extends MigrationsContract {

  /** A text with a line that looks like the definition of the column {@code seq}. */
  private static final String TEXT = "text\n  `seq` nextval(`other`.";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  @Override
  TestDatabase newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }

  @Override
  DatabaseServer createServer() {
    return MariaDbServer.create();
  }

  @Override
  String schema() {
    return "database()";
  }

  @Test
  void documentedBackupIsRestoredIntoADatabaseWithAnotherName(@TempDir Path folder)
      throws Exception {
    TestDatabase original = newDatabase();
    TestDatabase copy = newDatabase();
    writeClientSettings(folder, MariaDbServer.shared(), original);
    try (ConnectionPool originalPool = pool(original);
        ConnectionPool copyPool = pool(copy)) {
      Migrations.migrate(originalPool);
      create(originalPool, "ci");
      sql(originalPool).execute("update service_access_tokens set description = '" + TEXT + "'");

      run(folder, "backup", original);
      run(folder, "restore", copy);

      assertEquals(description(originalPool, schema()), description(copyPool, schema()));
      assertEquals(List.of(), Migrations.migrate(copyPool));
      assertEquals(
          1,
          sql(copyPool)
              .number(
                  "select count(*) from service_access_tokens where description = '" + TEXT + "'"));
      String newest = "select max(seq) from service_access_token_audit_log";
      long before = sql(copyPool).number(newest);
      try (HibernateTokenStore store = new HibernateTokenStore(copyPool)) {
        Samples.put(store, Samples.token("other"));
      }
      assertTrue(sql(copyPool).number(newest) > before, "the new event has a greater number");
    }
  }

  @Test
  void documentedReplayRestoresTheStateOfATime(@TempDir Path folder) throws Exception {
    try (MariaDbServer server = MariaDbServer.create()) {
      Path binaryLog = server.startWithBinaryLog();
      TestDatabase database = server.newDatabase();
      String schema = schema(database);
      writeClientSettings(folder, server, database);
      try (ConnectionPool pool = pool(database)) {
        Migrations.migrate(pool);
        create(pool, "before");
        run(folder, "backup", database, Map.of("--single-", "--master-data=2 --single-"));
        create(pool, "after");
        long time = sql(pool).number("select unix_timestamp()") + 1;
        Awaitility.await().until(() -> sql(pool).number("select unix_timestamp()") >= time);
        create(pool, "lost");
        Files.copy(binaryLog, folder.resolve("copy"));
        sql(pool).execute("drop database " + schema);
        sql(pool).execute("create database " + schema + " character set utf8mb4");
        run(folder, "restore", database);
        Path backup = folder.resolve("access-tokens.sql");
        Matcher position =
            Pattern.compile("MASTER_LOG_POS=(\\d+)")
                .matcher(Files.readString(backup, StandardCharsets.ISO_8859_1));
        assertTrue(position.find(), "the backup has no position");
        run(
            folder,
            "replay",
            database,
            Map.of(
                "POSITION", position.group(1),
                "FILE NEXT-FILE", "copy",
                "2026-03-01 11:59:00", TIME.format(Instant.ofEpochSecond(time))));
      }
      try (ConnectionPool pool = pool(database)) {
        assertEquals(
            List.of("after", "before"),
            sql(pool).texts("select name from service_access_tokens order by name"));
      }
    }
  }

  private static void create(ConnectionPool pool, String name) {
    try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
      Samples.put(store, Samples.token(name));
    }
  }

  private static void writeClientSettings(Path folder, MariaDbServer server, TestDatabase database)
      throws IOException {
    Files.writeString(
        folder.resolve(".my.cnf"),
        "[client]%nhost=127.0.0.1%nport=%d%nuser=%s%npassword=%s%n"
            .formatted(server.port(), database.user(), database.password()));
  }

  private static ConnectionPool pool(TestDatabase database) {
    return TestPools.open(database, 3);
  }

  /** Runs the documented commands with a database. The home directory has the client's settings. */
  private static void run(Path folder, String name, TestDatabase database) throws IOException {
    run(folder, name, database, Map.of());
  }

  /**
   * Runs the documented commands, in which other texts are replaced too.
   *
   * @param replaced the new texts, by the documented ones
   */
  private static void run(
      Path folder, String name, TestDatabase database, Map<String, String> replaced)
      throws IOException {
    Matcher commands =
        Pattern.compile("<!-- mariadb " + name + ": .*? -->\\s*```bash\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("src/docs/replicas-and-revocation.md")));
    assertTrue(commands.find(), "the page has no command");
    String command = commands.group(1).replace("access_tokens", schema(database));
    for (Map.Entry<String, String> text : replaced.entrySet()) {
      command = command.replace(text.getKey(), text.getValue());
    }
    ServerPrograms.run(
        List.of(
            "sh",
            "-ec",
            "cd %1$s; export HOME=%1$s PATH=%2$s:$PATH; %3$s"
                .formatted(folder, ServerPrograms.mariadbDump().getParent(), command)));
  }

  private static String schema(TestDatabase database) {
    return database.url().substring(database.url().lastIndexOf('/') + 1);
  }
}
