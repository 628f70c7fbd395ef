package io.accesstokens.store.log;

import static io.accesstokens.store.jdbc.Statements.batch;
import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.forEach;
import static io.accesstokens.store.jdbc.Statements.query;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TileReader;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.jdbc.CommitAction;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.session.HibernateSigningKeyStore;
import io.accesstokens.transparency.ArchiveStore;
import io.accesstokens.transparency.LogAppend;
import io.accesstokens.transparency.LogBacklog;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.PendingEvent;
import io.accesstokens.transparency.delivery.TargetStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Stores the transparency log in the database of a token store. */
public final class JdbcLogStore implements LogStore {

  private static final String STATE = " from access_token_log where id = 1";

  private static final String LOCKED_STATE =
      "select origin, tree_size, note" + STATE + " for update";

  private static final String TILE =
      "select hashes from access_token_log_tiles where tile_level = ? and tile_index = ?";

  private final Database database;

  /**
   * SQL query for the state of the log. On PostgreSQL with synchronous replication, a result proves
   * that the server is the primary server. A former primary server can have a checkpoint that its
   * standby never got. This checkpoint must not be published, because it is lost after the
   * failover.
   */
  private final String provenState;

  private final AuditTables events;
  private final LoggedTokens serviceTokens;
  private final LoggedTokens personalTokens;
  private final SigningKeyStore keys;
  private final TargetStore targets;
  private final ArchiveStore archives;

  public JdbcLogStore(Database database) {
    this.database = database;
    this.provenState =
        "select origin, tree_size, note, " + database.databaseKind().proofExpression() + STATE;
    this.events = new AuditTables(database.databaseKind());
    this.serviceTokens = LoggedTokens.ofService(database.databaseKind());
    this.personalTokens = LoggedTokens.ofPersonal(database.databaseKind());
    this.keys = HibernateSigningKeyStore.ofLog(database);
    this.targets = new JdbcTargetStore(database);
    this.archives = new JdbcArchiveStore(database);
  }

  @Override
  public LogState state() {
    return database.readJdbc(connection -> state(connection, provenState));
  }

  @Override
  public LogState boundedState() {
    return database.readBoundedJdbc(connection -> state(connection, provenState));
  }

  private static LogState state(Connection connection, String sql) throws SQLException {
    return first(
            connection,
            sql,
            row -> new LogState(row.getString(1), row.getLong(2), row.getString(3)))
        .orElseThrow(() -> new LogFormatException("the row of access_token_log is missing"));
  }

  @Override
  public String setOriginIfAbsent(String origin) {
    database.writeJdbc(
        connection ->
            update(
                connection,
                "update access_token_log set origin = ? where id = 1 and origin is null",
                origin));
    String stored = state().origin();
    if (stored == null) {
      throw new LogFormatException("the row of access_token_log is missing");
    }
    return stored;
  }

  @Override
  public boolean hasPendingEvents() {
    return database.readJdbc(events::hasPending);
  }

  @Override
  public LogBacklog backlog(int limit) {
    return database.readJdbc(connection -> events.backlog(connection, limit));
  }

  @Override
  public int append(int limit, Appender appender) {
    return database.change(
        session ->
            CommitAction.with(
                session.doReturningWork(connection -> append(connection, limit, appender))));
  }

  private int append(Connection connection, int limit, Appender appender) throws SQLException {
    LogState state = lockedState(connection);
    // A row whose index was deleted gets its index back. An id that occurs twice is appended once.
    Set<String> ids = new HashSet<>();
    List<PendingEvent> pending = events.pending(connection, limit, ids);
    List<PendingEvent> added = pending.stream().filter(event -> ids.add(event.id())).toList();
    if (!added.isEmpty()) {
      write(connection, state, appender.append(state, added, tile -> tile(connection, tile)));
    }
    AuditTables.setIndexes(connection, pending);
    return pending.size();
  }

  /** Reads the state of the log, and locks it until the end of the transaction. */
  static LogState lockedState(Connection connection) throws SQLException {
    return state(connection, LOCKED_STATE);
  }

  /**
   * Writes the rows of an append.
   *
   * @param state the locked state of the log
   */
  static void write(Connection connection, LogState state, LogAppend append) throws SQLException {
    insertEntries(connection, state.size(), append);
    AuditTables.setMetadata(connection, append.events());
    for (Map.Entry<Tile, byte[]> tile : append.tiles().entrySet()) {
      putTile(connection, state, tile.getKey(), tile.getValue());
    }
    int changed =
        update(
            connection,
            "update access_token_log set tree_size = ?, note = ? where id = 1 and tree_size = ?",
            state.size() + append.entries().size(),
            append.checkpoint(),
            state.size());
    if (changed != 1) {
      throw new LogFormatException("the row of access_token_log has changed under its lock");
    }
  }

  private static void insertEntries(Connection connection, long first, LogAppend append)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < append.entries().size(); i++) {
      rows.add(new Object[] {first + i, append.events().get(i).id(), append.entries().get(i)});
    }
    var unused =
        batch(
            connection,
            "insert into access_token_log_entries (log_index, event_id, entry) values (?, ?, ?)",
            rows);
  }

  private static void putTile(Connection connection, LogState before, Tile tile, byte[] hashes)
      throws SQLException {
    boolean stored = new Tile(tile.level(), tile.index(), 1).isIn(before.size());
    var unused =
        update(
            connection,
            stored
                ? "update access_token_log_tiles set hashes = ?"
                    + " where tile_level = ? and tile_index = ?"
                : "insert into access_token_log_tiles (hashes, tile_level, tile_index)"
                    + " values (?, ?, ?)",
            hashes,
            tile.level(),
            tile.index());
  }

  @Override
  public boolean replaceCheckpoint(LogState state, String checkpoint) {
    String before = state.checkpoint();
    return 1
        == database.writeJdbc(
            connection ->
                before == null
                    ? update(
                        connection,
                        "update access_token_log set note = ?"
                            + " where id = 1 and tree_size = ? and note is null",
                        checkpoint,
                        state.size())
                    : update(
                        connection,
                        "update access_token_log set note = ?"
                            + " where id = 1 and tree_size = ? and note = ?",
                        checkpoint,
                        state.size(),
                        before));
  }

  @Override
  public TileReader tiles() {
    return tile -> database.readJdbc(connection -> tile(connection, tile));
  }

  @Override
  public TileReader boundedTiles() {
    return tile -> database.readBoundedJdbc(connection -> tile(connection, tile));
  }

  static byte[] tile(Connection connection, Tile tile) {
    try {
      return first(connection, TILE, row -> row.getBytes(1), tile.level(), tile.index())
          .orElseThrow(() -> new LogFormatException("the tile " + tile.path() + " is missing"));
    } catch (SQLException e) {
      throw new IllegalStateException("the tile " + tile.path() + " cannot be read", e);
    }
  }

  @Override
  public List<String> entries(long first, int count) {
    return database.readJdbc(
        connection ->
            query(
                connection,
                "select entry from access_token_log_entries"
                    + " where log_index >= ? and log_index < ? order by log_index",
                row -> row.getString(1),
                first,
                first + count));
  }

  @Override
  public OptionalLong indexOf(UUID eventId) {
    return database.readJdbc(
        connection ->
            first(
                    connection,
                    "select log_index from access_token_log_entries where event_id = ?",
                    row -> OptionalLong.of(row.getLong(1)),
                    eventId.toString())
                .orElse(OptionalLong.empty()));
  }

  /**
   * Returns rows of the audit logs, for a comparison with the entries.
   *
   * @param first the lowest index, inclusive
   * @param end the highest index, exclusive
   * @return at most 10,000 rows of each table
   */
  public List<LoggedRow> rows(long first, long end) {
    return database.readJdbc(connection -> events.rows(connection, first, end));
  }

  /**
   * Returns rows of the audit logs that have an index outside the transparency log. The index of
   * such a row is negative, or is {@code size} or higher.
   *
   * @param size the number of entries in the transparency log
   * @return at most 20,000 rows of each table
   */
  public List<LoggedRow> rowsOutside(long size) {
    return database.readJdbc(connection -> events.rowsOutside(connection, size));
  }

  /**
   * Returns rows of the audit logs whose log index is from 0 to {@code end} (exclusive), but is not
   * the index of any log entry.
   *
   * @param end the highest index, exclusive
   * @return at most 10,000 rows of each table
   */
  public List<LoggedRow> rowsWithoutEntry(long end) {
    return database.readJdbc(connection -> events.rowsWithoutEntry(connection, end));
  }

  /**
   * Returns the rows of the audit logs that have no log index.
   *
   * @return at most 10,000 rows of each table
   */
  public List<LoggedRow> rowsWithoutIndex() {
    return database.readJdbc(events::rowsWithoutIndex);
  }

  /**
   * Returns the ids of events that are out of order in the log, by the name of the table. An event
   * is out of order if the next event of the same token in the log has a lower number. Ignores
   * events that concurrent requests can write.
   *
   * @return at most 10,000 events of each table
   */
  public Map<String, List<String>> outOfOrder() {
    return database.readJdbc(events::outOfOrder);
  }

  /**
   * Returns the event ids that the rows of entries contain, by the index of the entry.
   *
   * @param first the lowest index, inclusive
   * @param end the highest index, exclusive
   */
  public Map<Long, String> eventIds(long first, long end) {
    return database.readJdbc(
        connection -> {
          Map<Long, String> ids = new HashMap<>();
          forEach(
              connection,
              "select log_index, event_id from access_token_log_entries"
                  + " where log_index >= ? and log_index < ?",
              row -> ids.put(row.getLong(1), row.getString(2)),
              first,
              end);
          return ids;
        });
  }

  /**
   * Returns the number of stored entries whose index is negative, or is {@code size} or higher.
   *
   * @param size the number of entries of the log
   */
  public long entriesOutside(long size) {
    return database.readJdbc(
        connection ->
            first(
                    connection,
                    // There are two queries, because H2 would use no database index for both
                    // conditions together.
                    "select (select count(*) from access_token_log_entries where log_index < 0)"
                        + " + (select count(*) from access_token_log_entries where log_index >= ?)",
                    row -> row.getLong(1),
                    size)
                .orElse(0L));
  }

  /**
   * Returns the rows of the audit logs with the given event ids.
   *
   * @param eventIds at least one id, and at most 10,000
   */
  public List<LoggedRow> rowsOf(List<String> eventIds) {
    return database.readJdbc(connection -> events.rowsOf(connection, eventIds));
  }

  /**
   * Returns tokens and their events, for a comparison of each token with its events. Begins with
   * the next token after {@code id}. A running service can change a token between the reads of its
   * row and of its events.
   *
   * @param kind the kind of the tokens, {@link LogEntry#SERVICE} or {@link LogEntry#PERSONAL}
   * @return at most 500 tokens in the order of their ids; empty if there are no further ones
   */
  public List<LoggedToken> tokensAfter(String kind, String id) {
    return database.readJdbc(connection -> tokens(kind).after(connection, id));
  }

  /** Returns a token as {@link #tokensAfter} does; empty if it does not exist. */
  public Optional<LoggedToken> token(String kind, String id) {
    return database.readJdbc(connection -> tokens(kind).one(connection, id));
  }

  private LoggedTokens tokens(String kind) {
    return kind.equals(LogEntry.SERVICE) ? serviceTokens : personalTokens;
  }

  @Override
  public Optional<TargetStore> targets() {
    return Optional.of(targets);
  }

  @Override
  public Optional<ArchiveStore> archives() {
    return Optional.of(archives);
  }

  @Override
  public SigningKeyStore keys() {
    return keys;
  }

  @Override
  public boolean reseal(SealedKey before, SealedKey after) {
    return 1
        == database.writeJdbc(
            connection ->
                update(
                    connection,
                    "update access_token_log_keys set sealed_private_key = ?"
                        + " where id = ? and sealed_private_key = ?",
                    after.sealedPrivateKey(),
                    before.id(),
                    before.sealedPrivateKey()));
  }
}
