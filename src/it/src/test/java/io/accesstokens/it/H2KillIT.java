package io.accesstokens.it;

import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.Stream;

/**
 * Tests {@code kill -9} on the embedded database. {@code H2DurabilityIT} tests the file alone at
 * more moments.
 */
class H2KillIT extends KillContract {

  private static final String FILE = ".mv.db";

  private final WarProcess call = WarProcess.inNewFolder().inSeparateProcess().withDataDirectory();

  @Override
  WarProcess call() {
    return call;
  }

  @Override
  Connection database() throws SQLException {
    try (Stream<Path> files = Files.walk(call.dataDirectory())) {
      String file =
          files.map(Path::toString).filter(name -> name.endsWith(FILE)).findFirst().orElseThrow();
      String url = "jdbc:h2:file:" + file.substring(0, file.length() - FILE.length());
      return DriverManager.getConnection(
          url
              + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;IFEXISTS=TRUE",
          "sa",
          "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
