package io.accesstokens.store.hibernate;

import io.accesstokens.verify.Lease;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * What the counter's row says about all processes on the database, as the changes of this one saw
 * it under its lock; and how far those changes have come.
 */
final class SharedTerms {

  /** Reads the counter's row, for {@link Row}. */
  static final String ROW =
      "select last_number, owner_id, lease_millis, margin_millis, outage_millis"
          + " from access_token_change_counter where id = 1";

  /**
   * The counter's row.
   *
   * @param owner the only process that may cache verdicts, or null if all may
   * @param given what all have agreed on, or null if nobody has cached a verdict yet
   */
  record Row(long counter, @Nullable String owner, Lease.@Nullable Terms given) {

    static Row of(@Nullable Object[] columns) {
      return new Row(
          number(columns[0]),
          (String) columns[1],
          columns[2] == null
              ? null
              : new Lease.Terms(millis(columns[2]), millis(columns[3]), millis(columns[4])));
    }

    /** From the columns of {@link #ROW}, which come first. */
    static Row of(ResultSet row) throws SQLException {
      return of(
          new @Nullable Object[] {
            row.getObject(1), row.getString(2), row.getObject(3), row.getObject(4), row.getObject(5)
          });
    }

    private static long number(@Nullable Object column) {
      return column instanceof Number number ? number.longValue() : 0;
    }

    private static Duration millis(@Nullable Object column) {
      return Duration.ofMillis(number(column));
    }

    Optional<Lease.Terms> terms() {
      return Optional.ofNullable(given);
    }
  }

  /** This process as the only one, from a time of the monotonic clock on. */
  private record Alone(String id, long settledAt) {}

  private final AtomicLong committed = new AtomicLong();

  // Only ever to the longer: which of two changes came later would be hard to tell.
  private final AtomicLong longestNanos = new AtomicLong();

  private volatile @Nullable Alone alone;

  static Row read(StatelessSession session) {
    return Row.of(session.createNativeQuery(ROW, Object[].class).getSingleResult());
  }

  /** This process is the only one, and its changes need no wait from that time on. */
  void alone(String id, long settledAt) {
    alone = new Alone(id, settledAt);
  }

  /** A change that was written last, or had been before, found the row like this. */
  void found(Row row) {
    row.terms()
        .ifPresent(terms -> longestNanos.accumulateAndGet(terms.untilFinal().toNanos(), Math::max));
    Alone claimed = alone;
    if (claimed != null && !claimed.id().equals(row.owner())) {
      alone = null;
    }
  }

  /** A change of that number was committed. */
  void committed(long number) {
    committed.accumulateAndGet(number, Math::max);
  }

  /** The number that each reading of the feed must show from now on. */
  long committed() {
    return committed.get();
  }

  /** How long after a change another process may rely on what it read before. */
  Duration untilFinal() {
    Alone claimed = alone;
    return claimed != null && System.nanoTime() - claimed.settledAt() >= 0
        ? Duration.ZERO
        : Duration.ofNanos(longestNanos.get());
  }
}
