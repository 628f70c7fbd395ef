package io.accesstokens.store.hibernate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PostgresOutageIT extends OutageContract {

  @Override
  DatabaseServer createServer() {
    return PostgresServer.create();
  }

  @Override
  String refusedLogin() {
    return "password authentication failed";
  }

  @Override
  String limitedUser() {
    return "limited";
  }

  @Override
  void createLimitedUser(Connection connection) throws SQLException {
    ((PostgresServer) server).execute("create user limited password 'limited'");
    try (Statement statement = connection.createStatement()) {
      statement.execute("grant usage on all sequences in schema public to limited");
    }
  }

  @Override
  String allTables(Connection connection) {
    return "all tables in schema public";
  }

  @Override
  String sessionId() {
    return "pg_backend_pid()";
  }

  @Override
  String countSessions() {
    return "select count(*) from pg_stat_activity where pid = ";
  }

  @Override
  String endOfIdleTransaction() {
    return "the database ended a transaction that was idle for too long";
  }

  @Test
  void storeRecoversFromASchemaThatTheUserMayNotUse() throws SQLException {
    TestDatabase database = server.newDatabase();
    try (ConnectionPool own =
            ConnectionPool.open(database.url(), database.user(), database.password(), 3);
        Connection connection = database.connect();
        Statement owner = connection.createStatement()) {
      Migrations.migrate(own);
      ((PostgresServer) server).execute("create user guest password 'guest'");
      owner.execute("grant select on all tables in schema public to guest");
      try (ConnectionPool pool = ConnectionPool.open(database.url(), "guest", "guest", 1);
          HibernateTokenStore store = new HibernateTokenStore(pool)) {
        store.find(UUID.randomUUID());
        owner.execute("revoke usage on schema public from public");
        StoreUnavailableException refused =
            assertThrows(StoreUnavailableException.class, () -> store.find(UUID.randomUUID()));
        String message = String.valueOf(refused.getMessage());
        assertTrue(
            message.startsWith("a table is missing, or the user of the database may not use")
                && message.contains("service_access_tokens"),
            message);
        owner.execute("grant usage on schema public to public");
        store.find(UUID.randomUUID());
      }
    }
  }
}
