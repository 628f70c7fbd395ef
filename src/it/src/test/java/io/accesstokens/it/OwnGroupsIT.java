package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests that a list for a member of one group reads only rows of that group, and that the overview
 * reads each token once. The database is full of other groups' tokens.
 *
 * <p>Each statement names the group, and the database reads no rows of other groups. The test has
 * its own server, because it reads the server's log and counters.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnGroupsIT {

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final int OTHERS = 5_000;
  private static final int OWN = 3;

  /** Maximum number of rows. A scan of all tokens would read thousands. */
  private static final long FEW_ROWS = 200;

  private final MariaDbServer server = MariaDbServer.create();
  private TestDatabase database;
  private final Sql sql = new Sql(() -> database.connect());
  private RunningApplication application;
  private ServiceTokens carols;

  @BeforeAll
  void start() throws Exception {
    server.start();
    database = server.newDatabase();
    sql.execute("set global userstat = on");
    application = RunningApplication.start(WarProcess.inNewFolder().withDatabase(database));
    ServiceTokens alices = new ServiceTokens(application.api().as("alice"));
    carols = new ServiceTokens(application.api().as("carol"));
    for (int i = 0; i < OWN; i++) {
      carols.create(good().of("platform"));
    }
    String model = alices.create(good().of("payments")).id();
    sql.execute(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at)"
            + " select concat(left(id, 24), lpad(seq, 12, '0')), concat('many-', seq), description,"
            + " unhex(sha2(seq, 256)), token_prefix, group_entity_ref, scopes, created_by,"
            + " created_at - interval 60 day, expires_at"
            + " from service_access_tokens, seq_1_to_"
            + OTHERS
            + " where id = '"
            + model
            + "'");
    sql.execute("analyze table service_access_tokens");
    assertEquals(OTHERS + 1, alices.list("limit=0&groupEntityRef=payments").getInt("total"));
  }

  @AfterAll
  void stop() {
    application.close();
    server.close();
  }

  /**
   * Returns the number of token rows and index entries that the server has read for all clients.
   */
  private long rowsRead() throws SQLException {
    return sql.number(
        "select coalesce(sum(rows_read), 0) from information_schema.table_statistics"
            + " where table_schema = database() and table_name = 'service_access_tokens'");
  }

  /** Returns the statements on tokens during the work, from the server's own log. */
  private List<String> statementsOf(Runnable work) throws SQLException {
    sql.execute("set global log_output = 'TABLE'");
    sql.execute("truncate table mysql.general_log");
    sql.execute("set global general_log = on");
    try {
      work.run();
    } finally {
      sql.execute("set global general_log = off");
    }
    List<String> statements =
        sql.texts(
            "select convert(argument using utf8mb4) from mysql.general_log where command_type"
                + " in ('Query', 'Execute') and argument like '%service_access_tokens%'");
    assertFalse(statements.isEmpty(), "the log shows nothing");
    return statements;
  }

  /**
   * Returns the statements of a request, and asserts that each of them has a property. The log of
   * the server also contains the statements of maintenance, which runs every 30 seconds. Therefore
   * the request is repeated if a statement does not have the property.
   */
  private List<String> requested(Runnable request, Predicate<String> hasProperty)
      throws SQLException {
    List<String> statements = statementsOf(request);
    if (!statements.stream().allMatch(hasProperty)) {
      statements = statementsOf(request);
    }
    List<String> others = statements.stream().filter(hasProperty.negate()).toList();
    assertEquals(List.of(), others);
    return statements;
  }

  private static List<String> groups(JsonObject page) {
    return ServiceTokens.objects(page, "tokens").stream()
        .map(token -> token.getString("groupEntityRef"))
        .distinct()
        .toList();
  }

  /** A statement without the group must use token ids from a statement that names it. */
  @Test
  void everyListStatementFiltersByGroup() throws Exception {
    List<String> own =
        ServiceTokens.objects(carols.list("limit=500"), "tokens").stream()
            .map(token -> token.getString("id"))
            .toList();
    for (String query :
        List.of(
            "limit=500",
            "limit=0",
            "limit=500&status=active",
            "limit=500&offset=1",
            "limit=500&sort=name",
            "limit=500&sort=-expiresAt",
            "limit=500&sort=lastUsedAt",
            "limit=500&live=true&neverUsed=true",
            "limit=500&q=nightly",
            "groupEntityRef=platform")) {
      List<String> statements =
          requested(
              () -> carols.list(query),
              sql -> {
                List<String> ids = UUID.matcher(sql).results().map(MatchResult::group).toList();
                return sql.contains("'group:default/platform'")
                    || (!ids.isEmpty() && own.containsAll(ids));
              });
      assertTrue(
          statements.stream().noneMatch(sql -> sql.contains("group:default/payments")),
          statements::toString);
      assertTrue(
          statements.stream().anyMatch(sql -> sql.contains("'group:default/platform'")),
          statements::toString);
    }
    assertEquals(List.of("group:default/platform"), groups(carols.list("limit=500")));
    assertEquals(OWN, carols.list("limit=500").getInt("total"));
  }

  private long rowsReadByLists() throws SQLException {
    long before = rowsRead();
    carols.list("limit=500");
    carols.list("limit=500&status=active");
    carols.list("limit=500&sort=name");
    carols.list("limit=500&sort=lastUsedAt");
    carols.list("limit=500&live=true&neverUsed=true");
    carols.list("limit=500&q=nightly");
    carols.list("limit=0");
    return rowsRead() - before;
  }

  @Test
  void databaseReadsNoRowsOfOtherGroups() throws Exception {
    carols.list("limit=500");
    long first = rowsReadByLists();
    // Maintenance and metrics also read rows, but not twice in a row.
    long own = first < FEW_ROWS ? first : rowsReadByLists();
    assertTrue(own < FEW_ROWS, own + " rows were read for " + OWN + " tokens");
    // Verifies the measurement: a list of other groups' tokens reads more rows.
    long before = rowsRead();
    new ServiceTokens(application.api().as("alice")).list("limit=500");
    assertTrue(rowsRead() - before > FEW_ROWS, "alice's list has read no more");
  }

  /** Only the numbers of tokens by status need a read of all tokens. */
  @Test
  void overviewReadsEachTokenOnce() throws Exception {
    rowsReadByOverview();
    long first = rowsReadByOverview();
    // Maintenance and metrics also read rows, but not twice in a row.
    long read = first < OTHERS * 3 / 2 ? first : rowsReadByOverview();
    assertTrue(
        read >= OTHERS && read < OTHERS * 3 / 2,
        read + " rows were read for " + OTHERS + " tokens");
  }

  private long rowsReadByOverview() throws SQLException {
    long before = rowsRead();
    application.api().as("alice").get(PATH + "/overview").expect(200);
    return rowsRead() - before;
  }

  @Test
  void listOfAnotherGroupIsEmpty() throws Exception {
    JsonObject page = carols.list("limit=500&groupEntityRef=payments");
    assertEquals(0, page.getInt("total"));
    assertEquals(0, page.getJsonArray("tokens").size());
  }

  @Test
  void tokenOfAnotherGroupIsReadByItsIdAndHidden() throws Exception {
    String theirs =
        new ServiceTokens(application.api().as("alice")).create(good().of("payments")).id();
    List<String> statements =
        requested(
            () -> {
              application.api().as("carol").get(PATH + '/' + theirs).problem(404);
              application.api().as("carol").get(PATH + '/' + theirs + "/audit").problem(404);
              carols.tryRevoke(theirs).problem(404);
            },
            sql -> sql.contains('\'' + theirs + '\''));
    assertTrue(
        statements.stream().noneMatch(sql -> sql.startsWith("update")), statements::toString);
  }
}
