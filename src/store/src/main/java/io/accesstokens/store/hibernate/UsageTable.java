package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Records the uses of service tokens and personal tokens: the counts, and the time and address of
 * the last use.
 */
public final class UsageTable {

  /**
   * The {@code set} clause that adds uses to a row. MariaDB assigns columns from left to right, and
   * later expressions read the new values. Therefore an address is assigned before its instant,
   * because the condition for the address reads the former instant.
   */
  private static final String ADD =
      " set accepted_uses = accepted_uses + ?,"
          + " last_used_address = case when last_used_at is null or last_used_at < ? then ?"
          + " else last_used_address end,"
          + " last_used_at = case when last_used_at is null or last_used_at < ? then ?"
          + " else last_used_at end,"
          + " refused_revoked_uses = refused_revoked_uses + ?,"
          + " refused_expired_uses = refused_expired_uses + ?,"
          + " refused_address_uses = refused_address_uses + ?,"
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
    // All replicas use the order of ids, so no deadlock can occur.
    SortedMap<String, TokenUsage> ordered = new TreeMap<>();
    uses.forEach((id, usage) -> ordered.put(id.toString(), usage));
    database.write(
        session -> {
          SortedMap<String, TokenUsage> personal = new TreeMap<>(ordered);
          personal.keySet().retainAll(among(session, "PersonalTokenEntity", ordered.keySet()));
          SortedMap<String, TokenUsage> service = new TreeMap<>(ordered);
          service.keySet().removeAll(personal.keySet());
          service.keySet().retainAll(among(session, "TokenEntity", service.keySet()));
          session.doWork(
              connection -> {
                add(connection, TokenEntity.TABLE, service);
                add(connection, PersonalTokenEntity.TABLE, personal);
                DailyUses.add(connection, database.vendor(), service);
              });
          return ordered;
        });
  }

  /**
   * Returns the ids that exist in a table. A recorded use has only the id of its token. The kind of
   * the token is unknown, and the token may be deleted.
   *
   * @param rows the entity name of the table
   */
  private static List<String> among(StatelessSession session, String rows, Set<String> ids) {
    return ids.isEmpty()
        ? List.of()
        : session
            .createSelectionQuery(
                "select t.id from " + rows + " t where t.id in (:ids)", String.class)
            .setParameterList("ids", ids)
            .getResultList();
  }

  private static void add(Connection connection, String table, Map<String, TokenUsage> uses)
      throws SQLException {
    if (uses.isEmpty()) {
      return;
    }
    String sql = "update " + table + ADD;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Map.Entry<String, TokenUsage> entry : uses.entrySet()) {
        TokenUsage usage = entry.getValue();
        statement.setLong(1, usage.accepted().count());
        setLast(statement, 2, usage.accepted());
        statement.setLong(6, usage.revoked());
        statement.setLong(7, usage.expired());
        statement.setLong(8, usage.address());
        setLast(statement, 9, usage.refused());
        statement.setString(13, entry.getKey());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /**
   * Sets four parameters of the statement: instant, address, instant, instant.
   *
   * @param first the index of the first parameter
   */
  private static void setLast(PreparedStatement statement, int first, UsageCount uses)
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
}
