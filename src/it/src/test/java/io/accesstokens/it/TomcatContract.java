package io.accesstokens.it;

import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.TomcatServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the contract in an operator's Tomcat, on a database server. */
abstract class TomcatContract extends ServiceContract {

  private final TomcatServer server;
  private final TestDatabase database;

  TomcatContract(TomcatServer.Version version, TestDatabase database) {
    this.server = TomcatServer.inNewFolder(version).withDatabase(database);
    this.database = database;
  }

  @Override
  RunningApplication start(Map<String, String> environment) throws Exception {
    return RunningApplication.start(server.withEnvironment(environment));
  }

  @Override
  List<byte[]> stored() throws Exception {
    List<byte[]> tables = new ArrayList<>();
    try (Connection connection = database.connect();
        ResultSet names =
            connection
                .getMetaData()
                .getTables(connection.getCatalog(), connection.getSchema(), "%", null)) {
      while (names.next()) {
        if (names.getString("TABLE_TYPE").endsWith("TABLE")) {
          tables.add(content(connection, names.getString("TABLE_NAME")));
        }
      }
    }
    return tables;
  }

  private static byte[] content(Connection connection, String table) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from " + table)) {
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
}
