package io.accesstokens.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.store.hibernate.OpenedStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MariaDbLogStoreIT extends DatabaseLogContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }

  /** With these session variables, the server refuses a statement that compares all events. */
  @Test
  void orderOfManyEventsIsComparedInSmallStatements() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    new OpenedStore(pool(database, "")).close();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into service_access_token_audit_log"
              + " (id, token_id, event, actor, metadata, occurred_at, seq, log_index)"
              + " select lpad(seq, 36, '0'), lpad(seq mod 100, 36, '0'), 'updated',"
              + " 'user:default/alice', '{}', '2026-01-01', seq, seq from seq_1_to_20000");
      statement.execute(
          "update service_access_token_audit_log set seq = 1000000 where log_index = 19899");
    }
    String variables =
        "?sessionVariables=tmp_memory_table_size=1000000,tmp_disk_table_size=1000000";
    try (OpenedStore reading = new OpenedStore(pool(database, variables))) {
      assertEquals(
          Map.of("service_access_token_audit_log", List.of("0".repeat(31) + "19899")),
          reading.without().log().outOfOrder());
    }
  }

  private static ConnectionPool pool(TestDatabase database, String parameters) {
    return ConnectionPool.open(
        database.url() + parameters, database.user(), database.password(), 10);
  }
}
