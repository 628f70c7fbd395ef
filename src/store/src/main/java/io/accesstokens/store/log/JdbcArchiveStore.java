package io.accesstokens.store.log;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.jdbc.CommitAction;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.transparency.ArchiveStore;
import io.accesstokens.transparency.LogAppend;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.LogStore.Appender;
import io.accesstokens.transparency.PendingEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Records archives of the log, and removes archived events from the database of a token store. */
final class JdbcArchiveStore implements ArchiveStore {

  private static final String ENTRIES = "access_token_log_entries";

  private static final List<String> TABLES =
      List.of(AuditEntity.TABLE, PersonalAuditEntity.TABLE, ENTRIES);

  private final Database database;

  JdbcArchiveStore(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Latest> latest() {
    return database.readJdbc(JdbcArchiveStore::latest);
  }

  private static Optional<Latest> latest(Connection connection) throws SQLException {
    return first(
        connection,
        "select end_index, record_index from access_token_log_archives"
            + " order by end_index desc limit 1",
        row -> new Latest(row.getLong(1), row.getLong(2)));
  }

  @Override
  public boolean append(long first, long end, PendingEvent record, Appender appender) {
    return database.change(
        session ->
            CommitAction.with(
                session.doReturningWork(
                    connection -> append(connection, first, end, record, appender))));
  }

  private static boolean append(
      Connection connection, long first, long end, PendingEvent record, Appender appender)
      throws SQLException {
    LogState state = JdbcLogStore.lockedState(connection); // before the look-up of archives
    if (latest(connection).map(Latest::end).orElse(0L) != first) {
      return false;
    }
    LogAppend append =
        appender.append(state, List.of(record), tile -> JdbcLogStore.tile(connection, tile));
    JdbcLogStore.write(connection, state, append);
    var unused =
        update(
            connection,
            "insert into access_token_log_archives (end_index, first_index, record_index)"
                + " values (?, ?, ?)",
            end,
            first,
            state.size());
    return true;
  }

  @Override
  public void delete(long first, long end) {
    var unused = database.writeJdbc(connection -> delete(connection, first, end));
  }

  private static int delete(Connection connection, long first, long end) throws SQLException {
    int removed = 0;
    for (String table : TABLES) {
      removed +=
          update(
              connection,
              "delete from " + table + " where log_index >= ? and log_index < ?",
              first,
              end);
    }
    return removed;
  }

  @Override
  public boolean hasEventsBefore(long end) {
    return database.readJdbc(connection -> hasEventsBefore(connection, end));
  }

  private static boolean hasEventsBefore(Connection connection, long end) throws SQLException {
    for (String table : TABLES) {
      String sql = "select 1 from " + table + " where log_index >= 0 and log_index < ? limit 1";
      if (first(connection, sql, row -> row.getInt(1), end).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
