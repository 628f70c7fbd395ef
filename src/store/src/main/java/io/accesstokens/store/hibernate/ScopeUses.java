package io.accesstokens.store.hibernate;

import static io.accesstokens.store.jdbc.Statements.batch;
import static io.accesstokens.store.jdbc.Statements.query;

import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.NeededScope;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Stores the times at which verifiers needed the scopes of service tokens, in {@code
 * access_token_scope_uses}. The rows of the tokens must be locked while times are added.
 */
final class ScopeUses {

  private ScopeUses() {}

  /**
   * Records when verifiers needed the scopes of tokens. A row contains the first and the last time
   * for one token and one scope.
   *
   * @param uses the uses of existing tokens, by secret
   */
  static void add(Connection connection, DatabaseKind databaseKind, Map<SecretId, TokenUsage> uses)
      throws SQLException {
    SortedMap<String, SortedMap<String, NeededScope>> tokens = new TreeMap<>();
    uses.forEach(
        (secret, usage) -> {
          String id = secret.tokenId().toString();
          usage
              .neededScopes()
              .forEach(
                  (scope, at) ->
                      tokens
                          .computeIfAbsent(id, token -> new TreeMap<>())
                          .merge(scope, NeededScope.at(scope, at), NeededScope::plus));
        });
    List<@Nullable Object[]> rows = new ArrayList<>();
    tokens.forEach(
        (id, scopes) ->
            scopes
                .values()
                .forEach(
                    scope ->
                        rows.add(
                            new Object[] {
                              id, scope.scope(), scope.firstNeededAt(), scope.lastNeededAt()
                            })));
    var unused = batch(connection, addition(databaseKind), rows);
  }

  /**
   * Returns the SQL statement that inserts a row, or updates the times of the existing row. The
   * parameters are the id of the token, the scope, the first time and the last time.
   */
  private static String addition(DatabaseKind databaseKind) {
    String insert =
        "insert into access_token_scope_uses (token_id, scope, first_needed_at, last_needed_at)"
            + " values (?, ?, ?, ?)";
    return switch (databaseKind) {
      case H2 ->
          "merge into access_token_scope_uses t using (select cast(? as varchar) token_id,"
              + " cast(? as varchar) scope, cast(? as timestamp(6)) first_needed_at,"
              + " cast(? as timestamp(6)) last_needed_at) n"
              + " on t.token_id = n.token_id and t.scope = n.scope"
              + " when matched then update set"
              + " first_needed_at = least(t.first_needed_at, n.first_needed_at),"
              + " last_needed_at = "
              + last("t.last_needed_at", "n.last_needed_at")
              + " when not matched then insert (token_id, scope, first_needed_at, last_needed_at)"
              + " values (n.token_id, n.scope, n.first_needed_at, n.last_needed_at)";
      case MARIADB ->
          insert
              + " on duplicate key update"
              + " first_needed_at = least(first_needed_at, values(first_needed_at)),"
              + " last_needed_at = "
              + last("last_needed_at", "values(last_needed_at)");
      case POSTGRESQL ->
          insert
              + " on conflict (token_id, scope) do update set first_needed_at ="
              + " least(access_token_scope_uses.first_needed_at, excluded.first_needed_at),"
              + " last_needed_at = "
              + last("access_token_scope_uses.last_needed_at", "excluded.last_needed_at");
    };
  }

  /** Returns an SQL expression for the last time, by the rule of {@link UsageCount#isLast}. */
  private static String last(String stored, String added) {
    return "case when %1$s > %2$s + interval '%3$s' day then %2$s else greatest(%1$s, %2$s) end"
        .formatted(stored, added, UsageCount.MAX_RECORDING_DELAY.toDays());
  }

  /** Returns the needed scopes of a token, in no defined order. */
  static List<NeededScope> read(StatelessSession session, UUID tokenId) {
    return session.doReturningWork(
        connection ->
            query(
                connection,
                "select scope, first_needed_at, last_needed_at from access_token_scope_uses"
                    + " where token_id = ?",
                row ->
                    new NeededScope(
                        row.getString("scope"),
                        instant(row, "first_needed_at"),
                        instant(row, "last_needed_at")),
                tokenId.toString()));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }
}
