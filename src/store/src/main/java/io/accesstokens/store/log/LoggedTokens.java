package io.accesstokens.store.log;

import static io.accesstokens.store.jdbc.Statements.forEach;
import static io.accesstokens.store.jdbc.Statements.query;

import io.accesstokens.log.LogEntry;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.JsonText;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.PendingEvent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the rows of tokens together with their audit events. */
final class LoggedTokens {

  /** Maximum number of tokens that a comparison reads at a time. */
  private static final int PAGE = 500;

  /** The events from which the values of a row follow. */
  private static final String CHANGES =
      Stream.of(
              AuditEvent.Type.CREATED,
              AuditEvent.Type.MINTED,
              AuditEvent.Type.IMPORTED,
              AuditEvent.Type.UPDATED,
              AuditEvent.Type.ROTATED,
              AuditEvent.Type.PREVIOUS_SECRET_ENDED,
              AuditEvent.Type.REVOKED)
          .map(type -> "'" + type.text() + "'")
          .collect(Collectors.joining(", "));

  private static final String SECRETS =
      "select token_id, token_prefix, replaced_at, expires_at from access_token_secrets"
          + " where ended_at is null and ";

  private final String table;
  private final String kind;
  private final String tokens;
  private final String events;

  private LoggedTokens(
      DatabaseKind vendor, String kind, String table, String auditTable, String columns) {
    this.kind = kind;
    this.table = table;
    this.tokens =
        "select id, created_at, expires_at, revoked_at, revoked_by, "
            + columns
            + " from "
            + table
            + " where ";
    this.events =
        "select a.id, a.token_id, a.event, a.actor, a.metadata, a.occurred_at, a.seq,"
            + " null as owner_ref from "
            + auditTable
            + " a"
            + vendor.indexHint(auditTable + "_token")
            + " where a.event in ("
            + CHANGES
            + ") and ";
  }

  static LoggedTokens ofService(DatabaseKind vendor) {
    return new LoggedTokens(
        vendor,
        LogEntry.SERVICE,
        TokenEntity.TABLE,
        AuditEntity.TABLE,
        "created_by, description, scopes, allowed_addresses, requests_per_minute");
  }

  static LoggedTokens ofPersonal(DatabaseKind vendor) {
    return new LoggedTokens(
        vendor,
        LogEntry.PERSONAL,
        PersonalTokenEntity.TABLE,
        PersonalAuditEntity.TABLE,
        "null as created_by");
  }

  /**
   * Reads the tokens that follow an id, in the order of their ids. The statements of a call can see
   * different states.
   *
   * @return at most {@value #PAGE} tokens
   */
  List<LoggedToken> after(Connection connection, String id) throws SQLException {
    List<LoggedToken> found =
        query(connection, tokens + "id > ? order by id limit " + PAGE, this::token, id);
    return found.isEmpty()
        ? found
        : complete(
            connection,
            found,
            "token_id > ? and token_id <= ?",
            id,
            found.get(found.size() - 1).id());
  }

  /** Reads one token; empty if there is no such token. */
  Optional<LoggedToken> one(Connection connection, String id) throws SQLException {
    List<LoggedToken> found = query(connection, tokens + "id = ?", this::token, id);
    return complete(connection, found, "token_id = ?", id).stream().findFirst();
  }

  private List<LoggedToken> complete(
      Connection connection, List<LoggedToken> found, String condition, Object... ids)
      throws SQLException {
    Map<String, List<PendingEvent>> changes = new HashMap<>();
    Map<String, List<LoggedToken.Secret>> secrets = new HashMap<>();
    forEach(
        connection,
        SECRETS + condition,
        row ->
            secrets
                .computeIfAbsent(row.getString("token_id"), token -> new ArrayList<>())
                .add(
                    new LoggedToken.Secret(
                        row.getString("token_prefix"),
                        instant(row, "replaced_at"),
                        instant(row, "expires_at"))),
        ids);
    forEach(
        connection,
        events + condition + " order by a.token_id, a.seq",
        row -> {
          PendingEvent event = AuditTables.event(kind, row);
          changes.computeIfAbsent(event.tokenId(), token -> new ArrayList<>()).add(event);
        },
        ids);
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

  /** Returns a list of texts as in the metadata of an event; a damaged list as it is stored. */
  private static String words(@Nullable String json) {
    return json == null ? "" : JsonText.listIfValid(json).map(LoggedTokens::joined).orElse(json);
  }

  private static String joined(List<String> texts) {
    return String.join(" ", texts);
  }
}
