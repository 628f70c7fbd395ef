package io.accesstokens.store.hibernate;

import io.accesstokens.token.ServiceToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.StatelessSession;

/**
 * What is written for the sake of convenience, in batches: last uses, stages of life, the feed's
 * end.
 */
final class TokenUpkeep {

  /** Below the 1,000 from which MariaDB takes a list of ids for a table to join. */
  private static final int BATCH = 500;

  /** Clocks of replicas differ; a token stays where it stands until all of them agree. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(60);

  private static final String USE =
      "update service_access_tokens set last_used_at = ?"
          + " where id = ? and (last_used_at is null or last_used_at < ?)";

  private final Database database;

  TokenUpkeep(Database database) {
    this.database = database;
  }

  void recordUses(Map<UUID, Instant> lastUsedAt) {
    List<Map.Entry<UUID, Instant>> uses = new ArrayList<>(lastUsedAt.entrySet());
    // In one order everywhere, so that replicas wait for each other instead of deadlocking.
    uses.sort(Comparator.comparing(use -> use.getKey().toString()));
    for (int from = 0; from < uses.size(); from += BATCH) {
      List<Map.Entry<UUID, Instant>> batch =
          uses.subList(from, Math.min(from + BATCH, uses.size()));
      database.write(
          session -> {
            session.doWork(connection -> recordUses(connection, batch));
            return batch;
          });
    }
  }

  private static void recordUses(Connection connection, List<Map.Entry<UUID, Instant>> uses)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(USE)) {
      for (Map.Entry<UUID, Instant> use : uses) {
        statement.setObject(1, InstantConverter.column(use.getValue()));
        statement.setString(2, use.getKey().toString());
        statement.setObject(3, InstantConverter.column(use.getValue()));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Moves tokens to the stage that time has taken them to, until none is due. */
  void maintain(Instant now) {
    Instant due = now.minus(CLOCK_DIFFERENCE);
    move(Stage.ACTIVE, Stage.EXPIRED, due);
    move(Stage.EXPIRING, Stage.EXPIRED, due);
    move(Stage.ACTIVE, Stage.EXPIRING, due.plus(ServiceToken.EXPIRING_WINDOW));
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
              "update TokenRow t set t.stage = :to"
                  + " where t.id in (:ids) and t.stage = :from and t.revokedAt is null")
          .setParameter("to", to)
          .setParameter("from", from)
          .setParameterList("ids", ids.stream().sorted().toList())
          .executeUpdate();
    }
    return ids.size();
  }
}
