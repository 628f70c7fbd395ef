package io.accesstokens.store.log;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.forEach;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.store.jdbc.Database;
import io.accesstokens.transparency.stream.StreamStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores the positions of the streams of the transparency log, and the claims on them. */
public final class JdbcStreamStore implements StreamStore {

  /**
   * Maximum difference between the clocks of two processes. A claim is ignored if it ends later
   * than a new claim by more than this difference, because it was written with a wrong clock. The
   * value is larger than usual differences. If two processes ignored each other's claims, they
   * would repeat entries.
   */
  private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(5);

  private final Database database;

  public JdbcStreamStore(Database database) {
    this.database = database;
  }

  @Override
  public void setPositionIfAbsent(String target, long first) {
    try {
      var unused =
          database.writeJdbc(
              connection ->
                  next(connection, target, null).isPresent()
                      ? 0
                      : update(
                          connection,
                          "insert into access_token_log_streams (name, next_index) values (?, ?)",
                          target,
                          first));
    } catch (RuntimeException e) {
      if (!positions().containsKey(target)) { // else another process stored it
        throw e;
      }
    }
  }

  @Override
  public Optional<Claim> claim(String target, String owner, Instant now, Instant until) {
    return database.writeJdbc(
        connection -> {
          int claimed =
              update(
                  connection,
                  "update access_token_log_streams set claimed_by = ?, claimed_until = ?"
                      + " where name = ?"
                      + " and (claimed_by is null or claimed_by = ? or claimed_until < ?"
                      + " or claimed_until > ?)",
                  owner,
                  until,
                  target,
                  owner,
                  now,
                  until.plus(MAX_CLOCK_DIFFERENCE));
          return claimed == 0
              ? Optional.<Claim>empty()
              : next(connection, target, owner).map(next -> new Claim(target, owner, next, until));
        });
  }

  @Override
  public Optional<Claim> advance(Claim claim, long next, Instant until) {
    int changed =
        database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_log_streams set next_index = ?, claimed_until = ?"
                        + " where name = ? and claimed_by = ? and next_index = ?",
                    next,
                    until,
                    claim.target(),
                    claim.owner(),
                    claim.next()));
    return changed == 0
        ? Optional.empty()
        : Optional.of(new Claim(claim.target(), claim.owner(), next, until));
  }

  @Override
  public void release(Claim claim) {
    var unused =
        database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_log_streams set claimed_by = null, claimed_until = null"
                        + " where name = ? and claimed_by = ?",
                    claim.target(),
                    claim.owner()));
  }

  @Override
  public Map<String, Long> positions() {
    return database.readJdbc(
        connection -> {
          Map<String, Long> positions = new HashMap<>();
          forEach(
              connection,
              "select name, next_index from access_token_log_streams",
              row -> positions.put(row.getString(1), row.getLong(2)));
          return positions;
        });
  }

  /**
   * Returns the index of the next log entry for a target; empty if no row matches.
   *
   * @param owner the process that must hold the claim on the target; null to ignore the claim
   */
  private static Optional<Long> next(Connection connection, String target, @Nullable String owner)
      throws SQLException {
    String sql = "select next_index from access_token_log_streams where name = ?";
    return owner == null
        ? first(connection, sql, row -> row.getLong(1), target)
        : first(connection, sql + " and claimed_by = ?", row -> row.getLong(1), target, owner);
  }
}
