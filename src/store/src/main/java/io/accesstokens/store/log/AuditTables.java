package io.accesstokens.store.log;

import static io.accesstokens.store.jdbc.Statements.batch;
import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.query;
import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.log.LogEntry;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.JsonText;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.listing.InList;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.LogBacklog;
import io.accesstokens.transparency.PendingEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads audit events for the transparency log, and writes their log indexes. */
final class AuditTables {

  /** Maximum number of rows of one table that a comparison reads at a time. */
  private static final int MAX_ROWS = 10_000;

  /**
   * Number of audit rows after which a page of tokens ends. The page also contains the other audit
   * rows of its last token. A statement reads one page. Therefore a statement reads about this
   * number of rows, unless the last token of the page has very many rows.
   */
  private static final int PAGE_ROWS = 1_000;

  /**
   * Number of rows that one statement updates. With one statement for each row, the updates would
   * take most of the time of an append. With more rows, H2 would be slow, because it compares each
   * row with all ids of a statement.
   */
  private static final int UPDATED_ROWS = 50;

  /** Number of rows that the driver reads at a time, so that long rows are not all in memory. */
  private static final int FETCHED_ROWS = 50;

  /**
   * Number of characters of metadata after which no further pending event of a table is read. This
   * limit bounds the memory and the duration of an append.
   */
  static final int MAX_CHARACTERS = 1_000_000;

  private static final String COLUMNS =
      "select a.id, a.token_id, a.event, a.actor, a.metadata, a.occurred_at, a.seq, a.log_index,"
          + " ";

  private final DatabaseKind databaseKind;
  private final String service;
  private final String personal;
  private final String anyPending;
  private final String backlog;
  private final String serviceJoin;
  private final String personalJoin;

  AuditTables(DatabaseKind databaseKind) {
    this.databaseKind = databaseKind;
    String serviceRows = AuditEntity.TABLE + " a" + hint(databaseKind, AuditEntity.TABLE);
    String personalRows =
        PersonalAuditEntity.TABLE + " a" + hint(databaseKind, PersonalAuditEntity.TABLE);
    serviceJoin =
        "t.group_entity_ref as token_owner_ref,"
            + " coalesce(a.group_entity_ref, t.group_entity_ref) as owner_ref from %s"
            + " left join service_access_tokens t on t.id = a.token_id where ";
    personalJoin =
        "t.user_entity_ref as token_owner_ref, t.user_entity_ref as owner_ref from %s"
            + " left join personal_access_tokens t on t.id = a.token_id where ";
    String oldest = "a.log_index is null order by a.log_index, a.seq limit ?";
    String entry = " left join access_token_log_entries e on e.event_id = a.id";
    service = COLUMNS + "e.event_id, " + serviceJoin.formatted(serviceRows + entry) + oldest;
    personal = COLUMNS + "e.event_id, " + personalJoin.formatted(personalRows + entry) + oldest;
    anyPending =
        "(select 1 as one from "
            + serviceRows
            + " where a.log_index is null limit 1) union all (select 1 as one from "
            + personalRows
            + " where a.log_index is null limit 1)";
    String waiting = "(select a.occurred_at from %s where " + oldest + ")";
    backlog =
        "select count(*), min(occurred_at) from ("
            + waiting.formatted(serviceRows)
            + " union all "
            + waiting.formatted(personalRows)
            + ") waiting";
  }

  private static String hint(DatabaseKind databaseKind, String table) {
    return databaseKind.indexHint(table + "_pending");
  }

  boolean hasPending(Connection connection) throws SQLException {
    return first(connection, anyPending, row -> row.getInt(1)).isPresent();
  }

  /** Counts the events without a log index, up to a limit. */
  LogBacklog backlog(Connection connection, int limit) throws SQLException {
    return first(connection, backlog, row -> backlog(row, limit), limit, limit).orElseThrow();
  }

  private static LogBacklog backlog(ResultSet row, int limit) throws SQLException {
    LocalDateTime oldest = row.getObject(2, LocalDateTime.class);
    return oldest == null
        ? LogBacklog.NONE
        : new LogBacklog((int) Math.min(row.getLong(1), limit), oldest.toInstant(ZoneOffset.UTC));
  }

  /**
   * Returns events without a log index, in the order of {@link PendingEvent#inOrder}. The events of
   * each table are those with the lowest numbers. Returns fewer events if their metadata is long.
   *
   * @param logged receives the ids of those events that already have a log entry
   */
  List<PendingEvent> pending(Connection connection, int limit, Set<String> logged)
      throws SQLException {
    List<PendingEvent> pending = new ArrayList<>();
    long last =
        Math.min(
            add(connection, service, LogEntry.SERVICE, limit, pending, logged),
            add(connection, personal, LogEntry.PERSONAL, limit, pending, logged));
    return PendingEvent.inOrder(pending).stream()
        .filter(event -> event.number() <= last)
        .limit(limit)
        .toList();
  }

  /**
   * Adds the pending events of one table.
   *
   * @return the number of the last added event if the metadata of the added events has at least
   *     {@link #MAX_CHARACTERS} characters, so that no further events were read; otherwise {@code
   *     Long.MAX_VALUE}
   */
  private static long add(
      Connection connection,
      String sql,
      String kind,
      int limit,
      List<PendingEvent> pending,
      Set<String> logged)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, limit);
      statement.setFetchSize(FETCHED_ROWS);
      try (ResultSet row = statement.executeQuery()) {
        for (int characters = 0; row.next(); ) {
          pending.add(event(kind, row));
          characters += row.getString("metadata").length();
          if (row.getString("event_id") != null) {
            logged.add(row.getString("event_id"));
          }
          if (characters >= MAX_CHARACTERS) {
            return row.getLong("seq");
          }
        }
      }
    }
    return Long.MAX_VALUE;
  }

  static PendingEvent event(String kind, ResultSet row) throws SQLException {
    return new PendingEvent(
        kind,
        row.getString("id"),
        row.getString("token_id"),
        row.getString("event"),
        row.getString("actor"),
        metadata(row.getString("metadata")),
        row.getObject("occurred_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
        row.getString("owner_ref"),
        row.getLong("seq"));
  }

  /**
   * Returns the audit rows with a log index from {@code first} (inclusive) to {@code end}
   * (exclusive).
   */
  List<LoggedRow> rows(Connection connection, long first, long end) throws SQLException {
    return rows(connection, "a.log_index >= ? and a.log_index < ?", first, end);
  }

  /**
   * Returns the audit rows whose log index is negative, or is {@code size} or higher. There are two
   * queries, because H2 would use no database index for both conditions together.
   */
  List<LoggedRow> rowsOutside(Connection connection, long size) throws SQLException {
    List<LoggedRow> rows = new ArrayList<>(rows(connection, "a.log_index < 0"));
    rows.addAll(rows(connection, "a.log_index >= ?", size));
    return rows;
  }

  /**
   * Returns the audit rows whose log index is from 0 to {@code end} (exclusive), but is not the
   * index of any log entry.
   */
  List<LoggedRow> rowsWithoutEntry(Connection connection, long end) throws SQLException {
    return rows(
        connection,
        "a.log_index >= 0 and a.log_index < ? and not exists"
            + " (select 1 from access_token_log_entries e where e.log_index = a.log_index)",
        end);
  }

  List<LoggedRow> rowsWithoutIndex(Connection connection) throws SQLException {
    return rows(connection, "a.log_index is null");
  }

  /**
   * Returns the ids of events that are out of order in the log, by the name of the table. An event
   * is out of order if the next event of the same token in the log has a lower number. Returns at
   * most {@value #MAX_ROWS} events of each table. Ignores events that are not in the log. Also
   * ignores the types {@code exchanged} and {@code ended-secret-used}, because concurrent requests
   * can write such events of the same token.
   */
  Map<String, List<String>> outOfOrder(Connection connection) throws SQLException {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String table : List.of(AuditEntity.TABLE, PersonalAuditEntity.TABLE)) {
      String rows =
          table + " a" + databaseKind.indexHint(table + "_token") + " where a.token_id > ?";
      String lastOfPage =
          "select max(token_id) from (select a.token_id from "
              + rows
              + " order by a.token_id limit "
              + PAGE_ROWS
              + ") page";
      String outOfOrder =
          "select id from (select a.id, a.seq,"
              + " lead(a.seq) over (partition by a.token_id order by a.log_index) as next_seq from "
              + rows
              + " and a.token_id <= ? and a.log_index is not null and a.event not in (?, ?))"
              + " ordered_events where seq > next_seq limit "
              + MAX_ROWS;
      List<String> ids = new ArrayList<>();
      String before = "";
      Optional<String> last = first(connection, lastOfPage, row -> row.getString(1), before);
      while (last.isPresent() && ids.size() < MAX_ROWS) {
        ids.addAll(
            query(
                connection,
                outOfOrder,
                row -> row.getString(1),
                before,
                last.get(),
                AuditEvent.Type.EXCHANGED.text(),
                AuditEvent.Type.ENDED_SECRET_USED.text()));
        before = last.get();
        last = first(connection, lastOfPage, row -> row.getString(1), before);
      }
      if (!ids.isEmpty()) {
        found.put(table, ids.size() > MAX_ROWS ? ids.subList(0, MAX_ROWS) : ids);
      }
    }
    return found;
  }

  List<LoggedRow> rowsOf(Connection connection, List<String> eventIds) throws SQLException {
    InList<String> ids = InList.of(eventIds);
    return rows(connection, "a.id in " + ids.marks(), ids.values().toArray());
  }

  private List<LoggedRow> rows(Connection connection, String condition, Object... parameters)
      throws SQLException {
    String end = condition + " limit " + MAX_ROWS;
    String first = COLUMNS + serviceJoin.formatted(AuditEntity.TABLE + " a") + end;
    String second = COLUMNS + personalJoin.formatted(PersonalAuditEntity.TABLE + " a") + end;
    List<LoggedRow> rows =
        new ArrayList<>(query(connection, first, row -> logged(LogEntry.SERVICE, row), parameters));
    rows.addAll(query(connection, second, row -> logged(LogEntry.PERSONAL, row), parameters));
    return rows;
  }

  private static LoggedRow logged(String kind, ResultSet row) throws SQLException {
    return new LoggedRow(
        event(kind, row), row.getObject("log_index", Long.class), row.getString("token_owner_ref"));
  }

  /**
   * Returns the metadata of an event for its log entry. If the stored JSON is not valid, returns
   * only the hash of the JSON, because one damaged row must not stop the log. JSON with the key
   * {@link LogEntry#METADATA_HASH} is not valid either, because only log entries have this key.
   */
  private static Map<String, String> metadata(String json) {
    return JsonText.mapIfValid(json)
        .filter(metadata -> !metadata.containsKey(LogEntry.METADATA_HASH))
        .orElseGet(() -> LogEntry.hashedMetadata(json));
  }

  /** Copies the log index of each entry to the row of its event. */
  static void setIndexes(Connection connection, List<PendingEvent> events) throws SQLException {
    setIndexes(connection, AuditEntity.TABLE, LogEntry.SERVICE, events);
    setIndexes(connection, PersonalAuditEntity.TABLE, LogEntry.PERSONAL, events);
  }

  private static void setIndexes(
      Connection connection, String table, String kind, List<PendingEvent> events)
      throws SQLException {
    List<String> ids =
        events.stream().filter(row -> row.kind().equals(kind)).map(PendingEvent::id).toList();
    for (int first = 0; first < ids.size(); first += UPDATED_ROWS) {
      List<String> some = ids.subList(first, Math.min(first + UPDATED_ROWS, ids.size()));
      var unused =
          update(
              connection,
              "update "
                  + table
                  + " set log_index = (select e.log_index from access_token_log_entries e"
                  + " where e.event_id = "
                  + table
                  + ".id) where id in ("
                  + String.join(", ", Collections.nCopies(some.size(), "?"))
                  + ")",
              some.toArray());
    }
  }

  /**
   * Stores the metadata of the events whose reason has a salt. The append has added the salt to the
   * metadata. The log entry of such an event contains only a hash of the reason.
   */
  static void setMetadata(Connection connection, List<PendingEvent> events) throws SQLException {
    setMetadata(connection, AuditEntity.TABLE, LogEntry.SERVICE, events);
    setMetadata(connection, PersonalAuditEntity.TABLE, LogEntry.PERSONAL, events);
  }

  private static void setMetadata(
      Connection connection, String table, String kind, List<PendingEvent> events)
      throws SQLException {
    List<Object[]> rows =
        events.stream()
            .filter(event -> event.kind().equals(kind) && event.hasReasonSalt())
            .map(event -> new Object[] {JsonText.ofMap(event.metadata()), event.id()})
            .toList();
    var unused = batch(connection, "update " + table + " set metadata = ? where id = ?", rows);
  }
}
