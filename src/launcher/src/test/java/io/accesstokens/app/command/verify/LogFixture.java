package io.accesstokens.app.command.verify;

import io.accesstokens.signing.KeySeal;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.transparency.LogKeys;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;

/** An empty transparency log in an embedded database that no other test uses. */
final class LogFixture implements AutoCloseable {

  static final String SERVICE = "service_access_token_audit_log";
  static final String PERSONAL = "personal_access_token_audit_log";

  final SecureRandom random = new SecureRandom();
  final ConnectionPool pool =
      ConnectionPool.open(
          "jdbc:h2:mem:"
              + UUID.randomUUID()
              + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE",
          "sa",
          "",
          4);
  final Sql sql = new Sql(pool::getConnection);
  final HibernateTokenStore store;
  final JdbcLogStore log;
  final String origin;
  final LogKeys keys;

  LogFixture() {
    Migrations.migrate(pool);
    store = new HibernateTokenStore(pool);
    log = store.log();
    origin = log.open("example.com/log");
    keys = LogKeys.open(log, KeySeal.random(random), origin, Clock.systemUTC(), random);
  }

  @Override
  public void close() {
    store.close();
    pool.close();
  }
}
