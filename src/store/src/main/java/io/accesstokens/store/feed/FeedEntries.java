package io.accesstokens.store.feed;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.PostgresSession;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.TokenDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * The feed entries for the tokens whose verdicts changed in one transaction.
 *
 * <p>The transaction writes these entries last. The write locks the row of the change counter.
 * While the row is locked, no other transaction can commit a change of a verdict.
 *
 * @param entries the entries in the order of their numbers, at least one. A token has at most two
 *     valid secrets. The maximum is therefore twice {@link
 *     io.accesstokens.token.revocation.RevocationRequest#MAX}. With this maximum, the SQL statement
 *     is shorter than the maximum packet size of the database.
 * @param writtenAt the time of the change
 */
public record FeedEntries(List<Entry> entries, Instant writtenAt) {

  private static final int NONCE_LENGTH = 16;

  /**
   * A feed entry for a secret whose verdict changed.
   *
   * @param kind the kind of the change, such as {@link io.accesstokens.verify.ChangeFeed#REVOKED}
   * @param digest the digest of the raw token
   */
  public record Entry(String kind, TokenDigest digest) {}

  public FeedEntries {
    entries = List.copyOf(entries);
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries must not be empty");
    }
  }

  /** Returns entries of one kind, one for each digest. */
  public static FeedEntries of(String kind, Collection<TokenDigest> digests, Instant writtenAt) {
    return new FeedEntries(
        digests.stream().map(digest -> new Entry(kind, digest)).toList(), writtenAt);
  }

  /**
   * Writes the entries by several statements, without a commit.
   *
   * @return the row of the change counter after the writes
   * @throws StoreUnavailableException if the row is unusable, see {@link ChangeCounter#unusable}
   */
  ChangeCounter.Row write(StatelessSession session, RandomGenerator random) {
    try {
      for (Entry entry : entries) {
        write(session, entry, random);
      }
    } catch (ConstraintViolationException e) {
      throw ChangeCounter.unusable(e);
    }
    return ChangeCounter.read(session);
  }

  private void write(StatelessSession session, Entry entry, RandomGenerator random) {
    session
        .createNativeMutationQuery(
            "update access_token_change_counter set last_number = last_number + 1 where id = 1")
        .executeUpdate();
    session
        .createNativeMutationQuery(
            "insert into access_token_changes"
                + " (change_number, token_hash, random_mark, kind, written_at)"
                + " select c.last_number, :hash, :nonce, :kind, :at"
                + " from access_token_change_counter c where c.id = 1")
        .setParameter("hash", entry.digest().bytes())
        .setParameter("nonce", nonce(random))
        .setParameter("kind", entry.kind())
        .setParameter("at", InstantConverter.column(writtenAt))
        .executeUpdate();
  }

  /**
   * Writes the entries and commits, without waiting for a response in between. The counter's row is
   * locked only while the server works, even if the network or this process fails during this time.
   *
   * <ul>
   *   <li>On MariaDB, the method sends one compound statement. After an error, the server itself
   *       releases the lock.
   *   <li>On PostgreSQL, the driver sends two statements together. After an error, the server skips
   *       {@code COMMIT}, and the caller must roll back.
   * </ul>
   *
   * <p>{@code COMMIT} comes last. Therefore an error means that nothing was committed, unless the
   * error reports an outage.
   *
   * @param databaseKind MariaDB or PostgreSQL
   * @return the counter's row after the writes
   * @throws SQLException if the statement fails
   * @throws StoreUnavailableException if the row is unusable, see {@link ChangeCounter#unusable}
   */
  ChangeCounter.Row commit(Connection connection, DatabaseKind databaseKind, RandomGenerator random)
      throws SQLException {
    String sql = databaseKind == DatabaseKind.POSTGRESQL ? pipelined() : compound();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (Entry entry : entries) {
        statement.setBytes(parameter++, entry.digest().bytes());
        statement.setBytes(parameter++, nonce(random));
        statement.setString(parameter++, entry.kind());
        statement.setObject(parameter++, InstantConverter.column(writtenAt));
      }
      return executed(statement, databaseKind);
    } catch (SQLException e) {
      if (DatabaseFailures.violatesConstraint(e)) {
        throw ChangeCounter.unusable(e);
      }
      throw e;
    }
  }

  /**
   * Commits a transaction that changes no verdict, because an earlier change has already had the
   * same effect. For PostgreSQL only. This method updates the row of the change counter, but
   * changes no value. Without a write, the commit would not wait for the synchronous standbys.
   * After the wait, the standbys have the earlier change too.
   *
   * @return the counter's row
   * @throws SQLException if the statement fails
   */
  static ChangeCounter.Row confirm(Connection connection) throws SQLException {
    String sql =
        "update access_token_change_counter set last_number = last_number where id = 1 returning "
            + ChangeCounter.COLUMNS
            + "; commit";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return executed(statement, DatabaseKind.POSTGRESQL);
    }
  }

  private static ChangeCounter.Row executed(PreparedStatement statement, DatabaseKind databaseKind)
      throws SQLException {
    ChangeCounter.Row row = null;
    boolean rows = statement.execute();
    if (databaseKind == DatabaseKind.POSTGRESQL) {
      PostgresSession.requireNoWarning(statement.getWarnings());
    }
    // Read all results: the outcome of COMMIT comes after the row.
    while (rows || statement.getUpdateCount() != -1) {
      if (rows) {
        row = row(statement);
      }
      rows = statement.getMoreResults();
    }
    if (row == null) {
      throw ChangeCounter.unusable(null);
    }
    return row;
  }

  private String pipelined() {
    StringBuilder sql =
        new StringBuilder("with counter as (update access_token_change_counter")
            .append(" set last_number = last_number + ")
            .append(entries.size())
            .append(" where id = 1 returning ")
            .append(ChangeCounter.COLUMNS)
            .append("), entries as (insert into access_token_changes")
            .append(" (change_number, token_hash, random_mark, kind, written_at)")
            .append(" select c.last_number - n.remaining, n.hash, n.nonce, n.kind, n.at")
            .append(" from (values");
    for (int remaining = entries.size() - 1; remaining >= 0; remaining--) {
      sql.append(" (").append(remaining).append(", cast(? as bytea), cast(? as bytea),");
      sql.append(" cast(? as varchar), cast(? as timestamp))").append(remaining > 0 ? "," : "");
    }
    // If the counter's row is missing, the number is null, so the insert fails. Otherwise, the
    // change would be committed without its entries.
    return sql.append(") n (remaining, hash, nonce, kind, at) left join counter c on true) select ")
        .append(ChangeCounter.COLUMNS)
        .append(" from counter; commit")
        .toString();
  }

  private String compound() {
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
    return sql.append(' ').append(ChangeCounter.ROW).append("; commit; end").toString();
  }

  private static ChangeCounter.@Nullable Row row(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.getResultSet()) {
      return row.next() ? ChangeCounter.Row.of(row) : null;
    }
  }

  private static byte[] nonce(RandomGenerator random) {
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    return nonce;
  }
}
