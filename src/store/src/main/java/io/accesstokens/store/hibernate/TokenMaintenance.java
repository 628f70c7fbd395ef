package io.accesstokens.store.hibernate;

import io.accesstokens.token.ServiceToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * What is written for the sake of convenience, in batches: the stages of tokens' lives, the groups
 * of events, and the feed's end.
 */
final class TokenMaintenance {

  /** Below the 1,000 from which MariaDB takes a list of ids for a table to join. */
  private static final int BATCH = 500;

  /** Clocks of replicas differ; a token stays where it stands until all of them agree. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(60);

  private final Database database;

  TokenMaintenance(Database database) {
    this.database = database;
  }

  /** Moves tokens to the stage that time has taken them to, until none is due. */
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

  /** Reads first, by index alone, so that a row is locked only when it is changed. */
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
