package io.accesstokens.notice;

import io.accesstokens.verify.RawToken;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores the notices and the claim of the daily job. The claim is the right of one process to run
 * the job for a limited time. If the caller has lost the claim, a write changes nothing and returns
 * false.
 *
 * <p>Each method throws {@link io.accesstokens.token.StoreUnavailableException} if the store cannot
 * be reached.
 */
public interface DailyNoticeStore {

  /**
   * Claims the job of a day. Ignores a stored claim that ends too far in the future. Ignores the
   * stored day of the last completed job if that day is more than one day after {@code day}. Only a
   * process with a wrong clock can have written this data.
   *
   * @param lease the duration of the claim
   * @return the claim; empty if the job of the day is complete or another process holds the claim
   */
  Optional<UUID> claim(LocalDate day, Instant now, Duration lease);

  /**
   * Extends a claim.
   *
   * @param lease the new duration of the claim, from now
   * @return false if the claim was lost
   */
  boolean extend(UUID claim, Instant now, Duration lease);

  /**
   * Returns a page of unrevoked tokens in the order of expiry, creation time and id.
   *
   * @param from the earliest expiry, inclusive
   * @param to the latest expiry, inclusive
   * @param after the last token of the previous page; null for the first page
   */
  List<ExpiringToken> expiring(
      RawToken.Kind kind, Instant from, Instant to, @Nullable NoticeToken after, int limit);

  /**
   * Returns the keys for which the store has no notice.
   *
   * @param keys keys of notices, see {@link Notice#key}
   */
  Set<String> newKeys(Collection<String> keys);

  /** Writes the notices whose keys do not exist yet, and extends the claim. */
  boolean add(UUID claim, List<Notice> notices, Instant now, Duration lease);

  /**
   * Returns a page of notices that have no mail deliveries yet, in the order of their ids.
   *
   * @param after the id of the last notice of the previous page; null for the first page
   */
  List<Notice> withoutMailDeliveries(@Nullable UUID after, int limit);

  /**
   * Adds notices to the mails of a day, and extends the claim.
   *
   * @param recipients the mail addresses of each notice, by the id of the notice; the set of
   *     addresses of a notice can be empty
   */
  boolean addMailDeliveries(
      UUID claim, LocalDate day, Map<UUID, Set<String>> recipients, Instant now, Duration lease);

  /** Completes the job of a day. The mails of this day are then due. */
  boolean complete(UUID claim, LocalDate day);

  /** Releases the claim. The job of the day can then be claimed again. */
  void release(UUID claim);
}
