package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.app.settings.storage.Storage;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredDatabaseTest {

  @TempDir Path temp;

  @Test
  void failedStatementsAreNotLoggedWhileTheDatabaseIsOpen() {
    Logger logger = Logger.getLogger("org.hibernate.engine.jdbc.spi.SqlExceptionHelper");
    Level before = logger.getLevel();
    Storage storage =
        SettingsLoader.ofProcess(Map.of("accessTokens.dataDir", temp.toString()), temp)
            .load()
            .storage();
    try (ConfiguredDatabase database = ConfiguredDatabase.open((Storage.Jdbc) storage)) {
      database.migrate();
      assertEquals(Level.OFF, logger.getLevel());
    }
    assertEquals(before, logger.getLevel());
  }
}
