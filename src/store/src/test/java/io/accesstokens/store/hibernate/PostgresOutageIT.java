package io.accesstokens.store.hibernate;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

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
}
