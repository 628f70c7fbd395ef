package io.accesstokens.store.log;

import static io.accesstokens.store.jdbc.Statements.forEach;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.transparency.delivery.TargetState;
import io.accesstokens.transparency.delivery.TargetStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.exception.ConstraintViolationException;

/** Stores the states of the targets that receive checkpoints, in the database of a token store. */
final class JdbcTargetStore implements TargetStore {

  private static final String COLUMNS =
      "tree_size = ?, note = ?, problem = ?, forked = ?, failures = ?, next_at = ?"
          + " where target = ?";

  private static final String ALL =
      "select target, tree_size, note, problem, forked, failures, next_at"
          + " from access_token_log_targets";

  private final Database database;

  JdbcTargetStore(Database database) {
    this.database = database;
  }

  @Override
  public Map<String, TargetState> states() {
    return database.readJdbc(JdbcTargetStore::all);
  }

  @Override
  public Map<String, TargetState> boundedStates() {
    return database.readBoundedJdbc(JdbcTargetStore::all);
  }

  private static Map<String, TargetState> all(Connection connection) throws SQLException {
    Map<String, TargetState> states = new HashMap<>();
    forEach(
        connection,
        ALL,
        row ->
            states.put(
                row.getString(1),
                new TargetState(
                    row.getString(1),
                    row.getLong(2),
                    row.getString(3),
                    row.getString(4),
                    row.getInt(5) != 0,
                    row.getInt(6),
                    row.getObject(7, LocalDateTime.class).toInstant(ZoneOffset.UTC))));
    return states;
  }

  @Override
  public boolean claim(String target, Instant now, Instant until) {
    try {
      return database.writeJdbc(connection -> claim(connection, target, now, until));
    } catch (ConstraintViolationException e) {
      return false; // another process has just inserted the row
    }
  }

  private static boolean claim(Connection connection, String target, Instant now, Instant until)
      throws SQLException {
    int updated =
        update(
            connection,
            "update access_token_log_targets set next_at = ?"
                + " where target = ? and (next_at <= ? or next_at > ?)",
            InstantConverter.column(until),
            target,
            InstantConverter.column(now),
            InstantConverter.column(now.plus(TargetState.MAX_DELAY)));
    return 1 == updated
        || 1
            == update(
                connection,
                "insert into access_token_log_targets"
                    + " (target, tree_size, forked, failures, next_at)"
                    + " select ?, 0, 0, 0, ? from (select 1 as one) single where not exists"
                    + " (select 1 from access_token_log_targets where target = ?)",
                target,
                InstantConverter.column(until),
                target);
  }

  @Override
  public void save(TargetState state) {
    int changed =
        database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_log_targets set " + COLUMNS,
                    state.size(),
                    state.note(),
                    state.problem(),
                    state.forked() ? 1 : 0,
                    state.failures(),
                    InstantConverter.column(state.nextAt()),
                    state.target()));
    if (changed != 1) {
      throw new IllegalStateException("the target was never claimed");
    }
  }
}
