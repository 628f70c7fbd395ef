package io.accesstokens.store.hibernate;

import io.accesstokens.verify.TokenDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * What a change tells the feed: the last that is written in its transaction, because from the
 * counter's lock on no other change of a verdict can go on.
 *
 * @param entries numbered in this order, without gaps; at least one, and no more than are revoked
 *     at once, so that a statement stays well below what a server takes
 */
record FeedEntries(List<Entry> entries, Instant writtenAt) {

  private static final int MARK_LENGTH = 16;

  /** One token whose verdict changed. */
  record Entry(String kind, TokenDigest digest) {}

  FeedEntries {
    entries = List.copyOf(entries);
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("nothing to tell");
    }
  }

  /**
   * Writes them by a few statements.
   *
   * @return the counter's row as they left it
   */
  SharedTerms.Row write(StatelessSession session, RandomGenerator random) {
    for (Entry entry : entries) {
      session
          .createNativeMutationQuery(
              "update access_token_change_counter set last_number = last_number + 1 where id = 1")
          .executeUpdate();
      session
          .createNativeMutationQuery(
              "insert into access_token_changes"
                  + " (change_number, token_hash, random_mark, kind, written_at)"
                  + " select c.last_number, :hash, :mark, :kind, :at"
                  + " from access_token_change_counter c where c.id = 1")
          .setParameter("hash", entry.digest().bytes())
          .setParameter("mark", mark(random))
          .setParameter("kind", entry.kind())
          .setParameter("at", InstantConverter.column(writtenAt))
          .executeUpdate();
    }
    return SharedTerms.read(session);
  }

  /**
   * Writes them and commits, by one statement of MariaDB: the lock is held only while the server is
   * at work on it, whatever becomes of the network or of this process meanwhile.
   *
   * <p>{@code COMMIT} is the last in it, so that an error always means that nothing was committed,
   * unless it tells of an outage. After an error the server gives the lock back by itself.
   *
   * @return the counter's row as they left it
   */
  SharedTerms.Row commit(Connection connection, RandomGenerator random) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(committing())) {
      int parameter = 1;
      for (Entry entry : entries) {
        statement.setBytes(parameter++, entry.digest().bytes());
        statement.setBytes(parameter++, mark(random));
        statement.setString(parameter++, entry.kind());
        statement.setObject(parameter++, InstantConverter.column(writtenAt));
      }
      SharedTerms.Row row = null;
      boolean rows = statement.execute();
      // To the end: what became of COMMIT comes after the row.
      while (rows || statement.getUpdateCount() != -1) {
        if (rows) {
          row = row(statement);
        }
        rows = statement.getMoreResults();
      }
      if (row == null) {
        throw new SQLException("the counter of changes has no row");
      }
      return row;
    }
  }

  private String committing() {
    StringBuilder sql =
        new StringBuilder("begin not atomic declare latest bigint;")
            .append(" declare exit handler for sqlexception begin rollback; resignal; end;")
            .append(" update access_token_change_counter set last_number = last_number + ")
            .append(entries.size())
            .append(" where id = 1;")
            .append(
                " select last_number into latest from access_token_change_counter where id = 1;")
            .append(" insert into access_token_changes")
            .append(" (change_number, token_hash, random_mark, kind, written_at) values");
    for (int before = entries.size() - 1; before >= 0; before--) {
      sql.append(" (latest - ").append(before).append(", ?, ?, ?, ?)");
      sql.append(before > 0 ? ',' : ';');
    }
    return sql.append(' ').append(SharedTerms.ROW).append("; commit; end").toString();
  }

  private static SharedTerms.@Nullable Row row(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.getResultSet()) {
      return row.next() ? SharedTerms.Row.of(row) : null;
    }
  }

  private static byte[] mark(RandomGenerator random) {
    byte[] mark = new byte[MARK_LENGTH];
    random.nextBytes(mark);
    return mark;
  }
}
