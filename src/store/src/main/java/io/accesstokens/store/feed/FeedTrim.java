package io.accesstokens.store.feed;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.jdbc.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * Deletes feed entries that are older than one hour. A reader that was disconnected for more than
 * one hour finds a gap and clears its cache. The last entry is never deleted, because readers
 * compare its nonce.
 */
public final class FeedTrim {

  static final Duration KEPT = Duration.ofHours(1);

  /**
   * Maximum time by which an entry can be ahead of the clock of this process. An entry that is
   * further ahead was written with a wrong clock, and counts as old.
   */
  private static final Duration MAX_AHEAD = Duration.ofDays(1);

  private static final int BATCH = 1_000;

  private FeedTrim() {}

  public static void trim(Database database, Instant now) {
    LocalDateTime before = InstantConverter.column(now.minus(KEPT));
    LocalDateTime latest = InstantConverter.column(now.plus(MAX_AHEAD));
    Database.inBatches(BATCH, () -> database.write(session -> trimBatch(session, before, latest)));
  }

  /**
   * Deletes at most one batch of the oldest entries, up to the last old entry of the batch. Entries
   * with higher change numbers normally have later times, so an entry before an old entry is also
   * old. If a clock was wrong, an entry that is not old can be deleted too. A replica that misses
   * an entry clears its cache.
   *
   * @param before the time before which an entry is old
   * @param latest the time after which an entry is also old
   * @return the number of deleted entries
   */
  private static int trimBatch(
      StatelessSession session, LocalDateTime before, LocalDateTime latest) {
    List<Object[]> oldest =
        session
            .createNativeQuery(
                "select change_number, written_at from access_token_changes"
                    + " where change_number < (select last_number from access_token_change_counter"
                    + " where id = 1) order by change_number limit :batch",
                Object[].class)
            .addScalar("change_number", Long.class)
            .addScalar("written_at", LocalDateTime.class)
            .setParameter("batch", BATCH)
            .getResultList();
    long upTo = 0;
    for (Object[] entry : oldest) {
      LocalDateTime writtenAt = (LocalDateTime) entry[1];
      if (writtenAt.isBefore(before) || writtenAt.isAfter(latest)) {
        upTo = (Long) entry[0];
      }
    }
    return upTo == 0
        ? 0
        : session
            .createNativeMutationQuery(
                "delete from access_token_changes where change_number <= :number")
            .setParameter("number", upTo)
            .executeUpdate();
  }
}
