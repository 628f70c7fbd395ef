package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.Temporal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.StatelessSession;

/**
 * Stores the uses of service tokens by day. There is one row for each token and each day on which
 * the token was used.
 */
final class DailyUses {

  /**
   * Maximum number of rows in a batch, less than 1,000. MariaDB converts a longer list of ids into
   * a table and joins this table.
   */
  private static final int BATCH = 500;

  private DailyUses() {}

  /**
   * Adds counts of uses to the rows of the days.
   *
   * @param uses the uses of existing tokens, by secret. All uses of one secret are on the same day,
   *     see {@link io.accesstokens.token.store.TokenStore#recordUses}.
   */
  static void add(Connection connection, DatabaseKind databaseKind, Map<SecretId, TokenUsage> uses)
      throws SQLException {
    // With reWriteBatchedInserts, the driver of PostgreSQL combines the rows of a batch into one
    // statement. Such a statement fails if two rows have the same key.
    SortedMap<String, SortedMap<LocalDate, DailyUsage>> tokens = new TreeMap<>();
    for (Map.Entry<SecretId, TokenUsage> entry : uses.entrySet()) {
      TokenUsage usage = entry.getValue();
      Optional<LocalDate> day = day(usage);
      if (day.isPresent()) {
        tokens
            .computeIfAbsent(entry.getKey().tokenId().toString(), token -> new TreeMap<>())
            .merge(
                day.get(),
                new DailyUsage(day.get(), usage.accepted().count(), usage.refused().count()),
                DailyUsage::plus);
      }
    }
    if (tokens.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(addition(databaseKind))) {
      for (Map.Entry<String, SortedMap<LocalDate, DailyUsage>> token : tokens.entrySet()) {
        for (DailyUsage sum : token.getValue().values()) {
          statement.setString(1, token.getKey());
          statement.setObject(2, sum.day());
          statement.setLong(3, sum.accepted());
          statement.setLong(4, sum.refused());
          statement.addBatch();
        }
      }
      statement.executeBatch();
    }
  }

  /**
   * Returns the SQL statement that inserts a row, or adds counts to the existing row. The
   * parameters are the id of the token, the day, the accepted uses and the refused uses. There is a
   * separate statement for H2, because H2 supports the syntax of MariaDB only in MariaDB mode.
   */
  private static String addition(DatabaseKind databaseKind) {
    String insert =
        "insert into service_access_token_daily_uses"
            + " (token_id, used_on, accepted_uses, refused_uses) values (?, ?, ?, ?)";
    return switch (databaseKind) {
      case H2 ->
          "merge into service_access_token_daily_uses t using (select cast(? as varchar) token_id,"
              + " cast(? as date) used_on, cast(? as bigint) accepted_uses,"
              + " cast(? as bigint) refused_uses) n"
              + " on t.token_id = n.token_id and t.used_on = n.used_on"
              + " when matched then update set accepted_uses = t.accepted_uses + n.accepted_uses,"
              + " refused_uses = t.refused_uses + n.refused_uses"
              + " when not matched then insert (token_id, used_on, accepted_uses, refused_uses)"
              + " values (n.token_id, n.used_on, n.accepted_uses, n.refused_uses)";
      case MARIADB ->
          insert
              + " on duplicate key update accepted_uses = accepted_uses + values(accepted_uses),"
              + " refused_uses = refused_uses + values(refused_uses)";
      case POSTGRESQL ->
          insert
              + " on conflict (token_id, used_on) do update set accepted_uses ="
              + " service_access_token_daily_uses.accepted_uses + excluded.accepted_uses,"
              + " refused_uses ="
              + " service_access_token_daily_uses.refused_uses + excluded.refused_uses";
    };
  }

  /**
   * Returns the UTC day of the last accepted use. If there is no accepted use, returns the UTC day
   * of the last refused use. Returns empty if there is no use.
   */
  private static Optional<LocalDate> day(TokenUsage usage) {
    Instant accepted = usage.accepted().lastAt();
    Instant last = accepted == null ? usage.refused().lastAt() : accepted;
    return Optional.ofNullable(last).map(at -> LocalDate.ofInstant(at, ZoneOffset.UTC));
  }

  static List<DailyUsage> read(StatelessSession session, UUID tokenId, LocalDate from) {
    return session
        .createNativeQuery(
            "select cast(used_on as char(10)), accepted_uses, refused_uses"
                + " from service_access_token_daily_uses"
                + " where token_id = :token and used_on >= :day order by used_on",
            Object[].class)
        .setParameter("token", tokenId.toString())
        .setParameter("day", from)
        .getResultStream()
        .map(
            row ->
                new DailyUsage(
                    LocalDate.parse((String) row[0]),
                    ((Number) row[1]).longValue(),
                    ((Number) row[2]).longValue()))
        .toList();
  }

  /** Returns the sums of the uses on one day, by group. */
  static Map<EntityRef, DailyUsage> byGroup(StatelessSession session, LocalDate day) {
    Map<EntityRef, DailyUsage> uses = new HashMap<>();
    session
        .createNativeQuery(
            "select t.group_entity_ref, sum(u.accepted_uses), sum(u.refused_uses)"
                + " from service_access_token_daily_uses u join "
                + TokenEntity.TABLE
                + " t on t.id = u.token_id where u.used_on = :day group by t.group_entity_ref",
            Object[].class)
        .setParameter("day", day)
        .getResultStream()
        .forEach(
            row ->
                uses.put(
                    TokenEntity.ref((String) row[0]),
                    new DailyUsage(
                        day, ((Number) row[1]).longValue(), ((Number) row[2]).longValue())));
    return uses;
  }

  /** Deletes the rows of all days except the last {@link DailyUsage#KEPT_DAYS} days. */
  static void trim(Database database, Instant now) {
    LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DailyUsage.KEPT_DAYS - 1L);
    deleteBefore(database, "service_access_token_daily_uses", "used_on", first);
  }

  /**
   * Deletes the rows of a table that are older than {@code end}, in batches.
   *
   * @param column the name of the column that contains the time of a row
   */
  static void deleteBefore(Database database, String table, String column, Temporal end) {
    String old = " from " + table + " where " + column + " < :end";
    database.inBatches(
        BATCH,
        // This query reads ids from an index, without locks.
        session ->
            session
                .createNativeQuery(
                    "select token_id" + old + " order by " + column + " limit :batch", String.class)
                .setParameter("end", end)
                .setParameter("batch", BATCH)
                .getResultList(),
        (session, tokens) ->
            session
                .createNativeMutationQuery("delete" + old + " and token_id in (:tokens)")
                .setParameterList("tokens", tokens.stream().distinct().sorted().toList())
                .setParameter("end", end)
                .executeUpdate());
  }
}
