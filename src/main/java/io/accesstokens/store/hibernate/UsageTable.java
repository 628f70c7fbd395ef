package io.accesstokens.store.hibernate;

import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.Uses;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Counts the uses of tokens, and keeps the last of them. */
final class UsageTable {

  /**
   * The address before the instant that decides on it: MariaDB assigns from left to right, and a
   * later assignment sees the earlier one's value.
   */
  private static final String ADD =
      "update service_access_tokens set accepted_uses = accepted_uses + ?,"
          + " last_used_address = case when last_used_at is null or last_used_at < ? then ?"
          + " else last_used_address end,"
          + " last_used_at = case when last_used_at is null or last_used_at < ? then ?"
          + " else last_used_at end,"
          + " refused_revoked_uses = refused_revoked_uses + ?,"
          + " refused_expired_uses = refused_expired_uses + ?,"
          + " last_refused_address = case when last_refused_at is null or last_refused_at < ? then ?"
          + " else last_refused_address end,"
          + " last_refused_at = case when last_refused_at is null or last_refused_at < ? then ?"
          + " else last_refused_at end"
          + " where id = ?";

  private final Database database;

  UsageTable(Database database) {
    this.database = database;
  }

  void record(Map<UUID, TokenUsage> uses) {
    if (uses.isEmpty()) {
      return;
    }
    // In one order everywhere, so that replicas wait for each other instead of deadlocking.
    List<Map.Entry<UUID, TokenUsage>> ordered = new ArrayList<>(uses.entrySet());
    ordered.sort(Comparator.comparing(use -> use.getKey().toString()));
    database.write(
        session -> {
          session.doWork(connection -> add(connection, ordered));
          return ordered;
        });
  }

  private static void add(Connection connection, List<Map.Entry<UUID, TokenUsage>> uses)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ADD)) {
      for (Map.Entry<UUID, TokenUsage> entry : uses) {
        TokenUsage usage = entry.getValue();
        statement.setLong(1, usage.accepted().count());
        setLast(statement, 2, usage.accepted());
        statement.setLong(6, usage.revoked());
        statement.setLong(7, usage.expired());
        setLast(statement, 8, usage.refused());
        statement.setString(12, entry.getKey().toString());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Four parameters: instant, address, instant, instant. */
  private static void setLast(PreparedStatement statement, int first, Uses uses)
      throws SQLException {
    setInstant(statement, first, uses.lastAt());
    statement.setString(first + 1, uses.lastAddress());
    setInstant(statement, first + 2, uses.lastAt());
    setInstant(statement, first + 3, uses.lastAt());
  }

  private static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant)
      throws SQLException {
    if (instant == null) {
      statement.setNull(index, Types.TIMESTAMP);
    } else {
      statement.setObject(index, InstantConverter.column(instant));
    }
  }

  TokenUsage of(UUID id) {
    return database.read(
        session ->
            session
                .createSelectionQuery("from UsageRow u where u.id = :id", UsageRow.class)
                .setParameter("id", id.toString())
                .uniqueResultOptional()
                .map(UsageRow::usage)
                .orElse(TokenUsage.NONE));
  }
}
