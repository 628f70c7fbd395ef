package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.DaemonThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the work of an interrupted thread. A read or write of a file by such a thread closes the
 * file, and H2 then closes the database.
 */
class H2InterruptIT {

  @TempDir Path directory;

  @Test
  void batchesEndBeforeAnInterrupt() throws Exception {
    DaemonThreads threads = new DaemonThreads("access-tokens-test");
    ExecutorService executor = Executors.newSingleThreadExecutor(threads);
    CountDownLatch begun = new CountDownLatch(1);
    try (ConnectionPool pool = ConnectionPool.open(url(), "sa", "", 3);
        Database database = new Database(pool)) {
      Future<Boolean> interrupted =
          executor.submit(
              () -> {
                database.inBatches(1, session -> List.of(1), (session, keys) -> begun.countDown());
                return Thread.currentThread().isInterrupted();
              });
      assertTrue(begun.await(60, TimeUnit.SECONDS), "the work has not begun");
      assertTrue(threads.shutDown(executor, Duration.ofSeconds(60)), "the work has not ended");
      assertFalse(interrupted.get(), "the work was interrupted");
    }
  }

  private String url() {
    return H2Database.url(directory.resolve("used"));
  }

  @Test
  void changeByAnInterruptedThreadDoesNotCloseTheDatabase() {
    try (ConnectionPool pool = ConnectionPool.open(url(), "sa", "", 3)) {
      Migrations.migrate(pool);
      try (TokenStore store = new HibernateTokenStore(pool)) {
        Thread.currentThread().interrupt();
        ServiceToken created;
        try {
          created = put(store, token("by-interrupted"));
        } finally {
          assertTrue(Thread.interrupted(), "the thread is still interrupted");
        }
        assertEquals(Optional.of(created), store.find(created.id()));
        put(store, token("afterwards"));
      }
    }
  }
}
