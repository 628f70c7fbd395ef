package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.feed.FeedTrim;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.token.ServiceToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * Maintains data on which no verdict depends, in batches: the stages of tokens, the groups of audit
 * events, daily uses, and the length of the feed.
 */
final class TokenMaintenance {

  /** Less than 1,000: from there on, MariaDB converts a list of ids into a table to join. */
  private static final int BATCH = 500;

  /**
   * The maximum difference between the clocks of replicas. A token keeps its stage until all clocks
   * agree that it is due.
   */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(60);

  private final Database database;

  TokenMaintenance(Database database) {
    this.database = database;
  }

  /**
   * Moves tokens to the stage that they have reached, until none is due. Then maintains the audit
   * log, the daily uses and the feed.
   */
  void maintain(Instant now) {
    Instant due = now.minus(CLOCK_DIFFERENCE);
    move(StatusColumn.ACTIVE, StatusColumn.EXPIRED, due);
    move(StatusColumn.EXPIRING, StatusColumn.EXPIRED, due);
    move(StatusColumn.ACTIVE, StatusColumn.EXPIRING, due.plus(ServiceToken.EXPIRING_WINDOW));
    AuditLogMaintenance.fillGroupsIn(database);
    DailyUses.trim(database, now);
    FeedTrim.trim(database, now);
  }

  private void move(int from, int to, Instant expiresUpTo) {
    int found;
    do {
      found = database.write(session -> moveBatch(session, from, to, expiresUpTo));
    } while (found == BATCH && !Thread.currentThread().isInterrupted());
  }

  /**
   * Moves one batch. It first reads an index only, so that a row is locked only when it is changed.
   */
  private int moveBatch(StatelessSession session, int from, int to, Instant expiresUpTo) {
    List<String> ids =
        session
            .createNativeQuery(
                "select t.id from service_access_tokens t"
                    + database.vendor().indexHint("service_access_tokens_due")
                    + " where t.list_status = :from and t.expires_at <= :due"
                    + " order by t.expires_at limit :batch",
                String.class)
            .setParameter("from", from)
            .setParameter("due", InstantConverter.column(expiresUpTo))
            .setParameter("batch", BATCH)
            .getResultList();
    if (!ids.isEmpty()) {
      session
          .createMutationQuery(
              "update TokenEntity t set t.stage = :to"
                  + " where t.id in (:ids) and t.stage = :from and t.revokedAt is null")
          .setParameter("to", to)
          .setParameter("from", from)
          .setParameterList("ids", ids.stream().sorted().toList())
          .executeUpdate();
    }
    return ids.size();
  }
}
