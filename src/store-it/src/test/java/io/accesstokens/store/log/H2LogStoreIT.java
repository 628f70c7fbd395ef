package io.accesstokens.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.store.RecordingDataSource;
import io.accesstokens.store.hibernate.H2Database;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2LogStoreIT extends DatabaseLogContract {

  private static final Pattern BY_INDEX = Pattern.compile("/\\* public\\.\\w+: log_index [<>]");

  private static final Pattern RANGE = Pattern.compile("log_index (< 0|>= \\?)");

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return TestPools.h2(directory.resolve("log"));
  }

  /** For two ranges in one condition, H2 reads all events and entries. */
  @Test
  void rowsOutsideTheLogAreReadFromAnIndex() throws Exception {
    try (ConnectionPool pool = openPool()) {
      RecordingDataSource recording = new RecordingDataSource(pool);
      try (HibernateTokenStore store = new HibernateTokenStore(recording)) {
        recording.statements().clear();
        var unusedRows = store.log().rowsOutside(1_000);
        var unusedEntries = store.log().entriesOutside(1_000);
      }
      List<String> statements =
          recording.statements().stream().filter(sql -> RANGE.matcher(sql).find()).toList();
      assertEquals(5, statements.size(), statements::toString);
      for (String statement : statements) {
        String plan = H2Database.plan(pool, statement);
        assertEquals(count(RANGE, statement), count(BY_INDEX, plan), plan);
      }
    }
  }

  private static long count(Pattern pattern, String text) {
    return pattern.matcher(text).results().count();
  }
}
