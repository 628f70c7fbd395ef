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
    database.inBatches(1, session -> lastOld(session, before, latest), FeedTrim::deleteUpTo);
  }

  /**
   * Returns the highest number of an old entry among the oldest {@value #BATCH} entries. The caller
   * deletes all entries up to this number. Normally, these entries are all old, because entries
   * with higher numbers have later times. If a clock was wrong, the caller can delete an entry that
   * is not old. A replica that misses an entry clears its cache.
   *
   * @param before the time before which an entry is old
   * @param latest the time after which an entry counts as old, because a wrong clock wrote it
   * @return the number as the only element; an empty list if no entry is old
   */
  private static List<Long> lastOld(
      StatelessSession session, LocalDateTime before, LocalDateTime latest) {
    return session
        .createNativeQuery(
            "select c.change_number from (select change_number, written_at"
                + " from access_token_changes where change_number < (select last_number"
                + " from access_token_change_counter where id = 1)"
                + " order by change_number limit :batch) c"
                + " where c.written_at < :before or c.written_at > :latest"
                + " order by c.change_number desc limit 1",
            Long.class)
        .setParameter("batch", BATCH)
        .setParameter("before", before)
        .setParameter("latest", latest)
        .getResultList();
  }

  private static void deleteUpTo(StatelessSession session, List<Long> last) {
    session
        .createNativeMutationQuery(
            "delete from access_token_changes where change_number <= :number")
        .setParameter("number", last.get(0))
        .executeUpdate();
  }
}
