package io.accesstokens.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;

/**
 * Reclaims unused space in the file of an embedded H2 database.
 *
 * <p>H2 writes each commit as one chunk, with the changed pages of all tables. H2 reuses the space
 * of a chunk when no page of the chunk is in use. H2 has a background thread that frees chunks with
 * few used pages. With {@code WRITE_DELAY=0}, this thread does not run. Without this class, the
 * file would grow to many times the size of its data.
 */
final class H2Compaction {

  /** Minimum percentage of used space in the chunks. With a lower percentage, H2 moves pages. */
  private static final int FILL_RATE = 50;

  /** Approximate maximum number of bytes that one call moves. All other work waits for the call. */
  private static final int MAX_BYTES = 4 << 20;

  private H2Compaction() {}

  /**
   * Prepares old chunks for reuse, without changing the file. Marks their used pages as changed.
   * The next commit then writes these pages into its own chunk. Does nothing if the connection is
   * not to an embedded database.
   */
  static void run(Connection connection) throws SQLException {
    if (connection.isWrapperFor(JdbcConnection.class)
        && connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
      session.getDatabase().getStore().getMvStore().compact(FILL_RATE, MAX_BYTES);
    }
  }
}
