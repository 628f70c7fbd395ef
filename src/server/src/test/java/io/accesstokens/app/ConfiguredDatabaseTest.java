package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.app.settings.storage.Storage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredDatabaseTest {

  @TempDir Path temp;

  @Test
  void failedStatementsAreNotLoggedWhileTheDatabaseIsOpen() {
    Logger logger = Logger.getLogger("org.hibernate.engine.jdbc.spi.SqlExceptionHelper");
    Filter before = logger.getFilter();
    LogRecord failure = new LogRecord(Level.WARNING, "a statement failed");
    Storage storage =
        SettingsLoader.ofProcess(Map.of("accessTokens.dataDir", temp.toString()), temp)
            .load()
            .storage();
    try (ConfiguredDatabase database = ConfiguredDatabase.open((Storage.Jdbc) storage)) {
      database.migrate();
      assertFalse(Objects.requireNonNull(logger.getFilter()).isLoggable(failure));
    }
    assertSame(before, logger.getFilter());
  }
}
