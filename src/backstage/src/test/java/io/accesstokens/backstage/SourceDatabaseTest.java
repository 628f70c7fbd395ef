package io.accesstokens.backstage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which databases can be read, and the error messages for all others. */
class SourceDatabaseTest {

  @TempDir Path folder;

  private String file = "";

  @BeforeEach
  void nameFile() {
    file = folder.resolve("plugin.sqlite").toString();
  }

  private SourceDatabase source(String url) {
    return new SourceDatabase(
        SourceUrl.parse(url), new SourceLogin(null, null), getClass().getClassLoader());
  }

  private void refuses(String url, String word) {
    SourceRefusedException refused =
        assertThrows(SourceRefusedException.class, () -> source(url).read());
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(word), message);
    assertFalse(message.contains("\n"), message);
    assertFalse(message.contains("s3cret"), message);
  }

  private void execute(String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void makeTables() throws Exception {
    execute(
        "create table service_access_tokens ("
            + String.join(" text, ", SourceToken.COLUMNS)
            + " text)",
        "create table service_access_token_audit_log (id text, token_id text, event text,"
            + " actor text, metadata text, occurred_at text)");
  }

  @Test
  void rowsAreReadWithTheirEvents() throws Exception {
    makeTables();
    execute(
        "insert into service_access_tokens (id, created_at) values ('b', 2), ('a', 1)",
        "insert into service_access_token_audit_log (id, token_id) values ('1', 'a'), ('2', 'c')",
        "update service_access_tokens set token_hash = x'" + "ab".repeat(32) + "'");
    SourceContent content = source("jdbc:sqlite:" + file).read();
    assertEquals(2, content.tokens().size());
    SourceToken first = content.tokens().get(0);
    assertEquals("a", first.get("id"));
    assertEquals("ab".repeat(32), first.get("token_hash"), "a digest stored as bytes");
    assertEquals("1", first.events().get(0).id());
    assertEquals(0, content.tokens().get(1).events().size());
    assertEquals(1, content.orphans().size());
  }

  @Test
  void immutableFileUriIsAccepted() throws Exception {
    makeTables();
    assertEquals(0, source("jdbc:sqlite:file:" + file + "?immutable=1").read().tokens().size());
  }

  @Test
  void databaseOfAccessTokensIsRejected() throws Exception {
    makeTables();
    execute("alter table service_access_tokens add column list_status int");
    refuses("jdbc:sqlite:" + file, "access-tokens itself");
  }

  @Test
  void missingTablesAndColumnsAreNamed() throws Exception {
    execute("create table x (id text)");
    refuses("jdbc:sqlite:" + file, "no table service_access_tokens");
    execute("create table service_tokens (id text)");
    refuses("jdbc:sqlite:" + file, "an old version of the plugin");
    makeTables();
    execute("alter table service_access_tokens drop column revoked_by");
    refuses("jdbc:sqlite:" + file, "no column revoked_by");
  }

  @Test
  void missingFileIsNotCreated() {
    refuses("jdbc:sqlite:" + file, "does not exist");
    assertFalse(Files.exists(Path.of(file)), file + " was created");
  }

  @Test
  void fileThatIsNotSqliteIsRejected() throws Exception {
    Files.writeString(Path.of(file), "not a database at all ".repeat(100));
    refuses("jdbc:sqlite:" + file, "not an SQLite database");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:oracle:thin:@host, must start with",
    "s3cret, must start with",
    "jdbc:sqlite:, must name a file",
    "jdbc:sqlite::memory:, must name a file",
    "jdbc:sqlite:file::memory:?cache=shared, must name a file",
    "jdbc:postgresql:x, must name a host",
    "jdbc:mariadb:x, must name a host",
    "jdbc:postgresql://u:s3cret@host/x, --password-file",
    "jdbc:mysql://u:s3cret@host/x, --password-file"
  })
  void unusableUrlIsRejectedWithoutRepeatingIt(String url, String word) {
    refuses(url, word);
  }

  @Test
  void urlIsPrintedWithoutItsParameters() {
    assertEquals(
        "jdbc:mariadb://host:3306/x",
        SourceUrl.parse("jdbc:mysql://host:3306/x?user=u&password=s3cret").toString());
    assertEquals(
        "jdbc:postgresql://host/x",
        SourceUrl.parse("jdbc:postgresql://host/x?password=s3cret").toString());
    String login = new SourceLogin("u", "s3cret").toString();
    assertFalse(login.contains("s3cret"), login);
  }
}
