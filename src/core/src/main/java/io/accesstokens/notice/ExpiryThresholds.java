package io.accesstokens.notice;

import io.accesstokens.token.UuidGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Selects the notice about the expiry of a token. The rules are:
 *
 * <ol>
 *   <li>A threshold counts only if it is shorter than the lifetime of the token.
 *   <li>If several thresholds have passed, only the shortest one is reported. Longer ones are
 *       omitted.
 *   <li>The expiry itself is always reported, unless it is older than {@link #MAX_AGE}.
 * </ol>
 *
 * @param days the thresholds in days before the expiry, each at least 1
 */
public record ExpiryThresholds(List<Integer> days) {

  /**
   * Maximum age of an expiry that is reported. An older expiry can be from a time before notices
   * were enabled.
   */
  public static final Duration MAX_AGE = Duration.ofDays(7);

  public ExpiryThresholds {
    days = days.stream().distinct().sorted().toList();
    if (!days.isEmpty() && days.get(0) < 1) {
      throw new IllegalArgumentException("a threshold must be at least one day");
    }
  }

  /** Returns the earliest expiry, inclusive, for which a notice can be due at {@code now}. */
  public Instant earliestExpiry(Instant now) {
    return now.minus(MAX_AGE);
  }

  /** Returns the latest expiry, inclusive, for which a notice can be due at {@code now}. */
  public Instant latestExpiry(Instant now) {
    return days.isEmpty() ? now : now.plus(Duration.ofDays(days.get(days.size() - 1)));
  }

  /**
   * Returns the notice about the expiry of an unrevoked token, if a notice is due at an instant.
   * The store can already have a notice with the same key. The result must then not be written
   * again.
   *
   * <p>The key of a notice contains the expiry and not the secret. Otherwise, a token that rotates
   * itself daily and keeps its expiry would cause the same notice daily. If the expiry changes, the
   * token gets new notices.
   */
  public Optional<Notice> due(ExpiringToken expiring, Instant now, UuidGenerator ids) {
    NoticeToken token = expiring.token();
    String expiry = token.id() + ":" + token.expiresAt() + ":";
    if (!now.isBefore(token.expiresAt())) {
      return token.expiresAt().isBefore(earliestExpiry(now))
          ? Optional.empty()
          : Optional.of(notice(ids, expiry + "expired", NoticeEvent.EXPIRED, null, token, now));
    }
    Duration left = Duration.between(now, token.expiresAt());
    for (int threshold : days) {
      Duration before = Duration.ofDays(threshold);
      if (before.compareTo(expiring.lifetime()) >= 0) {
        return Optional.empty();
      }
      if (left.compareTo(before) <= 0) {
        return Optional.of(
            notice(ids, expiry + threshold, NoticeEvent.EXPIRING, threshold, token, now));
      }
    }
    return Optional.empty();
  }

  private static Notice notice(
      UuidGenerator ids,
      String key,
      NoticeEvent event,
      @Nullable Integer threshold,
      NoticeToken token,
      Instant now) {
    return new Notice(ids.next(), key, event, threshold, token, null, null, now);
  }
}
