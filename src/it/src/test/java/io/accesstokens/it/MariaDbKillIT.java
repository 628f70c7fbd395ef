package io.accesstokens.it;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.sql.Connection;
import java.sql.SQLException;

/** Tests {@code kill -9} of the application on a MariaDB server. */
class MariaDbKillIT extends KillContract {

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  @Override
  WarProcess call() {
    return WarProcess.inNewFolder().inSeparateProcess().withDatabase(database);
  }

  @Override
  Connection database() throws SQLException {
    return database.connect();
  }
}
