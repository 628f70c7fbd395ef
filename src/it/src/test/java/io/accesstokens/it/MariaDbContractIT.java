package io.accesstokens.it;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract on a MariaDB server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MariaDbContractIT extends ServiceContract {

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  @Override
  RunningApplication start(Map<String, String> environment) throws Exception {
    return RunningApplication.start(
        WarProcess.inNewFolder()
            .withDatabase(database.url(), database.user(), database.password())
            .withEnvironment(environment));
  }

  @Override
  List<byte[]> stored() throws Exception {
    List<byte[]> tables = new ArrayList<>();
    try (Connection connection = database.connect();
        ResultSet names =
            connection.getMetaData().getTables(connection.getCatalog(), null, "%", null)) {
      while (names.next()) {
        tables.add(content(connection, names.getString("TABLE_NAME")));
      }
    }
    return tables;
  }

  private static byte[] content(Connection connection, String table) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from `" + table + '`')) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int i = 1; i <= columns; i++) {
          Object value = rows.getObject(i);
          text.append(
              value instanceof byte[] bytes
                  ? new String(bytes, StandardCharsets.ISO_8859_1)
                  : String.valueOf(value));
          text.append('\n');
        }
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Runs the mint topic here, because this server knows its public URL. A container does not report
   * its public URL.
   */
  @Nested
  class PersonalMint extends PersonalMintTopic {
    PersonalMint() {
      super(running());
    }
  }
}
