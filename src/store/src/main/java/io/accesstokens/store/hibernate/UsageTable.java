package io.accesstokens.store.hibernate;

import static io.accesstokens.store.jdbc.Statements.batch;

import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.listing.InList;
import io.accesstokens.store.notice.NoticeOutbox;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.RawToken;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Records the uses of service tokens and personal tokens: the counts, and the time and address of
 * the last use. Also records the daily uses, the callers and the needed scopes of service tokens.
 */
final class UsageTable {

  /**
   * The {@code set} clause that adds uses to the row of a token. The clause assigns each address
   * before the instant of the same use, because the condition for the address must read the old
   * instant. MariaDB assigns columns from left to right, and later expressions read the new values.
   */
  private static final String ADD =
      " set accepted_uses = accepted_uses + ?, last_used_address = case when "
          + isLastCondition("last_used_at")
          + " then ? else last_used_address end, last_used_at = case when "
          + isLastCondition("last_used_at")
          + " then ? else last_used_at end, secret_used_at = case when secret_number = ? and "
          + isLastCondition("secret_used_at")
          + " then ? else secret_used_at end,"
          + " refused_revoked_uses = refused_revoked_uses + ?,"
          + " refused_expired_uses = refused_expired_uses + ?,"
          + " refused_address_uses = refused_address_uses + ?,"
          + " refused_ended_uses = refused_ended_uses + ?,"
          + " last_refused_address = case when "
          + isLastCondition("last_refused_at")
          + " then ? else last_refused_address end, last_refused_at = case when "
          + isLastCondition("last_refused_at")
          + " then ? else last_refused_at end where id = ?";

  /**
   * The order in which uses are recorded. All replicas use this order, which prevents deadlocks.
   */
  private static final Comparator<SecretId> ORDER =
      Comparator.comparing((SecretId secret) -> secret.tokenId().toString())
          .thenComparing(SecretId::number);

  private final Database database;
  private final NoticeOutbox outbox;
  private final UuidGenerator ids;

  UsageTable(Database database, NoticeOutbox outbox, UuidGenerator ids) {
    this.database = database;
    this.outbox = outbox;
    this.ids = ids;
  }

  /**
   * Records uses by secret in one transaction.
   *
   * @return the audit events of the uses of ended secrets
   */
  List<AuditEvent> record(Map<SecretId, TokenUsage> uses) {
    if (uses.isEmpty()) {
      return List.of();
    }
    return database.write(
        session -> {
          SortedMap<SecretId, TokenUsage> left = new TreeMap<>(ORDER);
          left.putAll(uses);
          List<AuditEvent> events = new ArrayList<>(record(session, TokenTable.PERSONAL, left));
          events.addAll(record(session, TokenTable.SERVICE, left));
          return events;
        });
  }

  /**
   * Records the uses of the tokens in one table, and removes these uses from {@code left}. The
   * remaining uses belong to tokens in the other table, or to deleted tokens.
   *
   * <p>The rows of the tokens are locked first. Therefore no secret is replaced at the same time.
   * If a rotation has replaced the secret of a use, the use counts for the replaced secret.
   */
  private <T extends AccessToken> List<AuditEvent> record(
      StatelessSession session, TokenTable<T> table, SortedMap<SecretId, TokenUsage> left) {
    SortedSet<String> tokens = new TreeSet<>();
    left.keySet().forEach(secret -> tokens.add(secret.tokenId().toString()));
    Map<String, Integer> numbers = lockAll(session, table, tokens);
    SortedMap<SecretId, TokenUsage> own = new TreeMap<>(ORDER);
    SortedMap<SecretId, TokenUsage> replaced = new TreeMap<>(ORDER);
    left.forEach(
        (secret, usage) -> {
          Integer number = numbers.get(secret.tokenId().toString());
          if (number != null) {
            own.put(secret, usage);
            if (secret.number() != SecretId.UNKNOWN && secret.number() != number) {
              replaced.put(secret, usage);
            }
          }
        });
    left.keySet().removeAll(own.keySet());
    session.doWork(
        connection -> {
          add(connection, table.name(), own);
          if (table.kind() == RawToken.Kind.SERVICE) {
            DailyUses.add(connection, database.databaseKind(), own);
            ScopeUses.add(connection, database.databaseKind(), own);
          }
          SecretUses.add(connection, replaced);
        });
    if (table.kind() == RawToken.Kind.SERVICE) {
      CallerTable.add(session, numbers, own);
    }
    List<AuditEvent> events = SecretUses.report(session, table, replaced, ids);
    outbox.write(session, table.kind(), events);
    return events;
  }

  /**
   * Locks the rows of tokens in the order of ids. Concurrent calls, and {@link BulkRevocation}, use
   * this order, which prevents deadlocks between them. Unknown ids are ignored.
   *
   * @return the numbers of the current secrets, by token id
   */
  private static Map<String, Integer> lockAll(
      StatelessSession session, TokenTable<?> table, SortedSet<String> ids) {
    Map<String, Integer> numbers = new HashMap<>();
    if (!ids.isEmpty()) {
      InList<String> values = InList.of(ids);
      String sql =
          "select t.id, t.secret_number from "
              + table.name()
              + " t where t.id in "
              + values.marks()
              + " order by t.id for update";
      values
          .bind(session.createNativeQuery(sql, Object[].class))
          .getResultList()
          .forEach(row -> numbers.put((String) row[0], ((Number) row[1]).intValue()));
    }
    return numbers;
  }

  private static void add(Connection connection, String table, Map<SecretId, TokenUsage> uses)
      throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    uses.forEach(
        (secret, usage) -> {
          List<@Nullable Object> row = new ArrayList<>();
          Instant acceptedAt = usage.accepted().lastAt();
          row.add(usage.accepted().count());
          row.addAll(lastParameters(usage.accepted()));
          row.add(secret.number());
          row.addAll(isLastParameters(acceptedAt));
          row.add(acceptedAt);
          row.add(usage.revoked());
          row.add(usage.expired());
          row.add(usage.address());
          row.add(usage.endedSecret());
          row.addAll(lastParameters(usage.refused()));
          row.add(secret.tokenId().toString());
          rows.add(row.toArray());
        });
    var unused = batch(connection, "update " + table + ADD, rows);
  }

  /**
   * Returns an SQL condition that is true if a new use replaces the recorded last use, see {@link
   * UsageCount#isLast}. The condition has two parameters, see {@link #isLastParameters}.
   */
  static String isLastCondition(String column) {
    return "(" + column + " is null or " + column + " <= ? or " + column + " > ?)";
  }

  private static List<@Nullable Object> isLastParameters(@Nullable Instant at) {
    return Arrays.asList(at, at == null ? null : at.plus(UsageCount.MAX_RECORDING_DELAY));
  }

  /**
   * Returns the values of the parameters that set the address and the instant of the last use, in
   * this order: condition, address, condition, instant.
   */
  static List<@Nullable Object> lastParameters(UsageCount uses) {
    List<@Nullable Object> parameters = new ArrayList<>(isLastParameters(uses.lastAt()));
    parameters.add(uses.lastAddress());
    parameters.addAll(isLastParameters(uses.lastAt()));
    parameters.add(uses.lastAt());
    return parameters;
  }
}
