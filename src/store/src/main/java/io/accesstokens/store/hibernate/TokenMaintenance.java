package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.feed.FeedTrim;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.StatelessSession;

/**
 * Maintains data in batches: the stages of tokens, the ends of secrets, the groups of audit events,
 * the daily uses, the callers, and the number of feed entries. No verdict depends on this data.
 */
final class TokenMaintenance {

  /**
   * Maximum number of rows in a batch, less than 1,000. MariaDB converts a longer list of ids into
   * a table and joins this table.
   */
  private static final int BATCH = 500;

  /**
   * Maximum difference between the clocks of replicas. The column {@code stage} of a token changes
   * only when the token has reached the next stage by all clocks.
   */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(60);

  private final Database database;

  private final SecretMaintenance secrets;

  TokenMaintenance(Database database, SecretMaintenance secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  /**
   * Updates the column {@code stage} of tokens that have expired, or that now expire soon. Then
   * adds missing groups to audit events, deletes old daily uses, callers and feed entries,
   * maintains the secrets, and reclaims unused space.
   *
   * @param now the current time
   * @param written receives each audit event after its commit
   */
  void maintain(Instant now, Consumer<AuditEvent> written) {
    Instant due = now.minus(CLOCK_DIFFERENCE);
    move(StatusColumn.ACTIVE, StatusColumn.EXPIRED, due);
    move(StatusColumn.EXPIRING, StatusColumn.EXPIRED, due);
    move(StatusColumn.ACTIVE, StatusColumn.EXPIRING, due.plus(ServiceToken.EXPIRING_WINDOW));
    AuditLogMaintenance.fillGroupsIn(database);
    DailyUses.trim(database, now);
    CallerTable.trim(database, now);
    FeedTrim.trim(database, now);
    secrets.maintain(due, now, written);
    database.compact();
  }

  private void move(int from, int to, Instant expiresUpTo) {
    database.inBatches(
        BATCH,
        session -> due(session, from, expiresUpTo),
        (session, ids) -> move(session, ids, from, to, expiresUpTo));
  }

  /**
   * Returns the ids of one batch of tokens that have the list status {@code from} and expire at or
   * before {@code expiresUpTo}.
   */
  private List<String> due(StatelessSession session, int from, Instant expiresUpTo) {
    return session
        .createNativeQuery(
            "select t.id from service_access_tokens t"
                + database.databaseKind().indexHint("service_access_tokens_due")
                + " where t.list_status = :from and t.expires_at <= :due"
                + " order by t.expires_at limit :batch",
            String.class)
        .setParameter("from", from)
        .setParameter("due", InstantConverter.column(expiresUpTo))
        .setParameter("batch", BATCH)
        .getResultList();
  }

  /** Updates the column {@code stage}, from which the database computes {@code list_status}. */
  private static void move(
      StatelessSession session, List<String> ids, int from, int to, Instant expiresUpTo) {
    session
        // Native SQL: the first translation of HQL can take longer than the database lets a
        // transaction be idle.
        .createNativeMutationQuery(
            "update service_access_tokens set stage = :to"
                + " where id in (:ids) and stage = :from and revoked_at is null"
                // A rotation can have changed the expiry after the query.
                + " and expires_at <= :due")
        .setParameter("due", InstantConverter.column(expiresUpTo))
        .setParameter("to", to)
        .setParameter("from", from)
        .setParameterList("ids", ids.stream().sorted().toList())
        .executeUpdate();
  }
}
