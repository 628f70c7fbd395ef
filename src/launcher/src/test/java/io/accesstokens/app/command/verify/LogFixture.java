package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.transparency.LogKeys;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/**
 * An empty transparency log in an embedded database that no other test uses. The database is a copy
 * of one that the migrations created, because a copy takes less time than the migrations.
 */
final class LogFixture implements AutoCloseable {

  static final String SERVICE = "service_access_token_audit_log";
  static final String PERSONAL = "personal_access_token_audit_log";

  final SecureRandom random = new SecureRandom();
  final ConnectionPool pool = openDatabase();
  final Sql sql = new Sql(pool::getConnection);
  final HibernateTokenStore store;
  final JdbcLogStore log;
  final String origin;
  final LogKeys keys;

  LogFixture() {
    Schema.STATEMENTS.forEach(statement -> execute(sql, statement));
    store = new HibernateTokenStore(pool);
    log = store.log();
    origin = log.setOriginIfAbsent("example.com/log");
    keys = LogKeys.open(log, KeySeal.random(random), origin, Clock.systemUTC(), random);
  }

  private static ConnectionPool openDatabase() {
    return ConnectionPool.open(
        "jdbc:h2:mem:"
            + UUID.randomUUID()
            + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE"
            // The machine can stop for longer than the default of four seconds.
            + ";QUERY_TIMEOUT=600000",
        "sa",
        "",
        4);
  }

  private static final class Schema {

    static final List<String> STATEMENTS = statements();

    private static List<String> statements() {
      try (ConnectionPool migrated = openDatabase()) {
        Migrations.migrate(migrated);
        return new Sql(migrated::getConnection).texts("script nopasswords nosettings");
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Asserts how many statements were executed since {@code set query_statistics true}. */
  void assertExecutionsBelow(int bound) throws SQLException {
    long executions =
        sql.number("select sum(execution_count) from information_schema.query_statistics");
    assertTrue(executions < bound, () -> executions + " statements");
  }

  private static void execute(Sql sql, String statement) {
    try {
      sql.execute(statement);
    } catch (SQLException e) {
      throw new AssertionError(statement, e);
    }
  }

  @Override
  public void close() {
    store.close();
    pool.close();
  }
}
