package io.accesstokens.store.schema;

import io.accesstokens.store.hibernate.H2Database;
import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2MigrationsIT {

  @Test
  void baselineGivesTheSchemaOfAllMigrations(@TempDir Path folder) throws Exception {
    try (ConnectionPool baseline = pool(folder, "baseline");
        ConnectionPool steps = pool(folder, "steps")) {
      MigrationsContract.baselineGivesTheSchemaOfAllMigrations(baseline, steps, "current_schema()");
    }
  }

  @Test
  void interruptedBaselineIsRepeated(@TempDir Path folder) throws Exception {
    try (ConnectionPool pool = pool(folder, "tokens")) {
      MigrationsContract.interruptedBaselineIsRepeated(pool);
    }
  }

  @Test
  void interruptedMigrationNextToOtherTablesIsRepeated(@TempDir Path folder) throws Exception {
    try (ConnectionPool pool = pool(folder, "tokens")) {
      MigrationsContract.interruptedMigrationNextToOtherTablesIsRepeated(pool);
    }
  }

  @Test
  void failedMigrationIsRepeated(@TempDir Path folder) throws Exception {
    try (ConnectionPool pool = pool(folder, "tokens")) {
      MigrationsContract.failedMigrationIsRepeated(pool);
    }
  }

  @Test
  void failedMigrationIsRepeatedOnH2WithUpperCaseNames(@TempDir Path folder) throws Exception {
    String url = H2Database.urlWithoutMode(folder.resolve("tokens").toAbsolutePath());
    try (ConnectionPool pool = ConnectionPool.open(url, "sa", "", 3)) {
      MigrationsContract.failedMigrationIsRepeated(pool);
    }
  }

  @Test
  void refsOfEarlierVersionsBecomeLowerCase(@TempDir Path folder) throws Exception {
    try (ConnectionPool pool = pool(folder, "tokens")) {
      MigrationsContract.refsBecomeLowerCase(pool);
    }
  }

  private static ConnectionPool pool(Path folder, String name) {
    return ConnectionPool.open(H2Database.url(folder.resolve(name).toAbsolutePath()), "sa", "", 3);
  }
}
