package io.accesstokens.store.log;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.forEach;
import static io.accesstokens.store.jdbc.Statements.query;

import io.accesstokens.log.LogEntry;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.JsonText;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.listing.InList;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.PendingEvent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the rows of tokens together with their audit events. */
final class LoggedTokens {

  /** Maximum number of tokens that a comparison reads at a time. */
  private static final int PAGE = 500;

  /**
   * Maximum number of audit rows that one statement reads, including the rows of exchanges. A
   * personal token can have many exchanges, and no index separates them from the other events.
   */
  static final int PAGE_ROWS = 1_000;

  /** The types of the events that determine the values of a token's row. */
  private static final Set<String> CHANGES =
      Stream.of(
              AuditEvent.Type.CREATED,
              AuditEvent.Type.MINTED,
              AuditEvent.Type.IMPORTED,
              AuditEvent.Type.UPDATED,
              AuditEvent.Type.ROTATED,
              AuditEvent.Type.PREVIOUS_SECRET_ENDED,
              AuditEvent.Type.REVOKED)
          .map(AuditEvent.Type::text)
          .collect(Collectors.toUnmodifiableSet());

  private static final String SECRETS =
      "select token_id, token_prefix, replaced_at, expires_at from access_token_secrets"
          + " where ended_at is null and token_id in ";

  private final String table;
  private final String kind;
  private final String tokens;
  private final String eventsOfPage;
  private final String eventsOfToken;
  private final String endOfPage;

  private LoggedTokens(
      DatabaseKind databaseKind,
      String kind,
      String table,
      String auditTable,
      String tokenColumns) {
    this.kind = kind;
    this.table = table;
    this.tokens =
        "select id, created_at, expires_at, revoked_at, revoked_by, "
            + tokenColumns
            + " from "
            + table
            + " where ";
    String rows =
        " from " + auditTable + " a" + databaseKind.indexHint(auditTable + "_token") + " where ";
    String inPage = rows + "a.token_id > ? and a.token_id <= ?";
    String columns =
        "select a.id, a.token_id, a.event, a.actor, a.metadata, a.occurred_at, a.seq,"
            + " null as owner_ref";
    this.endOfPage =
        "select a.token_id" + inPage + " order by a.token_id limit 1 offset " + PAGE_ROWS;
    this.eventsOfPage =
        columns
            + inPage
            + " and a.event in ("
            + CHANGES.stream().map(type -> "'" + type + "'").collect(Collectors.joining(", "))
            + ")";
    this.eventsOfToken =
        columns
            + rows
            + "a.token_id = ? and a.occurred_at >= ? and (a.occurred_at > ? or a.seq > ?)"
            + " order by a.occurred_at, a.seq limit "
            + PAGE_ROWS;
  }

  static LoggedTokens ofService(DatabaseKind databaseKind) {
    return new LoggedTokens(
        databaseKind,
        LogEntry.SERVICE,
        TokenEntity.TABLE,
        AuditEntity.TABLE,
        "created_by, description, scopes, allowed_addresses, requests_per_minute");
  }

  static LoggedTokens ofPersonal(DatabaseKind databaseKind) {
    return new LoggedTokens(
        databaseKind,
        LogEntry.PERSONAL,
        PersonalTokenEntity.TABLE,
        PersonalAuditEntity.TABLE,
        "null as created_by");
  }

  /**
   * Reads the tokens whose ids come after the given id, in the order of their ids. The statements
   * of a call can see different states of the database. If the page has several tokens, these
   * tokens together have at most {@value #PAGE_ROWS} audit rows.
   *
   * @return at most {@value #PAGE} tokens; empty if there are no further ones
   */
  List<LoggedToken> after(Connection connection, String id) throws SQLException {
    List<LoggedToken> found =
        query(connection, tokens + "id > ? order by id limit " + PAGE, this::token, id);
    if (found.isEmpty()) {
      return found;
    }
    String end =
        first(connection, endOfPage, row -> row.getString(1), id, lastId(found)).orElse(null);
    List<LoggedToken> page =
        end == null
            ? found
            : found.stream().filter(token -> token.id().compareTo(end) < 0).toList();
    if (page.isEmpty()) {
      return complete(connection, found.subList(0, 1), eventsOf(connection, found.get(0).id()));
    }
    return complete(
        connection,
        page,
        query(connection, eventsOfPage, row -> AuditTables.event(kind, row), id, lastId(page)));
  }

  private static String lastId(List<LoggedToken> tokens) {
    return tokens.get(tokens.size() - 1).id();
  }

  /** Reads one token; empty if there is no such token. */
  Optional<LoggedToken> one(Connection connection, String id) throws SQLException {
    List<LoggedToken> found = query(connection, tokens + "id = ?", this::token, id);
    return complete(connection, found, eventsOf(connection, id)).stream().findFirst();
  }

  /**
   * Reads the changes of one token from its audit log. Each statement reads at most {@value
   * #PAGE_ROWS} rows, because a token can have very many events.
   */
  private List<PendingEvent> eventsOf(Connection connection, String id) throws SQLException {
    List<PendingEvent> changes = new ArrayList<>();
    Instant time = Instant.EPOCH;
    long number = 0;
    List<PendingEvent> rows;
    do {
      rows =
          query(
              connection,
              eventsOfToken,
              row -> AuditTables.event(kind, row),
              id,
              time,
              time,
              number);
      for (PendingEvent event : rows) {
        time = event.occurredAt();
        number = event.number();
        if (CHANGES.contains(event.event())) {
          changes.add(event);
        }
      }
    } while (rows.size() == PAGE_ROWS);
    return changes;
  }

  /** Adds the events and the previous secrets to tokens. The events are in any order. */
  private static List<LoggedToken> complete(
      Connection connection, List<LoggedToken> found, List<PendingEvent> events)
      throws SQLException {
    if (found.isEmpty()) {
      return found;
    }
    Map<String, List<LoggedToken.Secret>> secrets = new HashMap<>();
    InList<String> ids = InList.of(found.stream().map(LoggedToken::id).toList());
    forEach(
        connection,
        SECRETS + ids.marks(),
        row ->
            secrets
                .computeIfAbsent(row.getString("token_id"), token -> new ArrayList<>())
                .add(
                    new LoggedToken.Secret(
                        row.getString("token_prefix"),
                        instant(row, "replaced_at"),
                        instant(row, "expires_at"))),
        ids.values().toArray());
    Map<String, List<PendingEvent>> changes =
        events.stream()
            // The clocks of processes differ, so the times are not always in the order of events.
            .sorted(Comparator.comparingLong(PendingEvent::number))
            .collect(Collectors.groupingBy(PendingEvent::tokenId));
    return found.stream()
        .map(
            token ->
                token.with(
                    secrets.getOrDefault(token.id(), List.of()),
                    changes.getOrDefault(token.id(), List.of())))
        .toList();
  }

  private LoggedToken token(ResultSet row) throws SQLException {
    Map<String, String> values = new HashMap<>();
    values.put(AuditEvent.EXPIRES_AT, AuditEvent.text(instant(row, "expires_at")));
    if (kind.equals(LogEntry.SERVICE)) {
      values.put("description", row.getString("description"));
      values.put("scopes", words(row.getString("scopes")));
      values.put("allowedAddresses", words(row.getString("allowed_addresses")));
      String requests = row.getString("requests_per_minute");
      values.put("requestsPerMinute", requests == null ? "" : requests);
    }
    return new LoggedToken(
        table,
        row.getString("id"),
        row.getString("created_by"),
        row.getObject("revoked_at") == null ? null : instant(row, "revoked_at"),
        row.getString("revoked_by"),
        instant(row, "created_at"),
        values,
        List.of(),
        List.of());
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }

  /**
   * Converts a JSON list of texts to the format of an event's metadata: the texts, separated by
   * spaces. Returns a damaged list unchanged.
   */
  private static String words(@Nullable String json) {
    return json == null ? "" : JsonText.listIfValid(json).map(LoggedTokens::joined).orElse(json);
  }

  private static String joined(List<String> texts) {
    return String.join(" ", texts);
  }
}
