package io.accesstokens.notice;

import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The daily job: writes the notices about expiry, and collects the mails of the day. Replicas run
 * the job once a day together. The job reads tokens and notices in pages, so its memory does not
 * depend on their number. An interrupted job begins again, and repeats no notice.
 */
public final class DailyNotices {

  /** Number of tokens or notices in a page. Large pages would delay requests noticeably. */
  static final int PAGE = 100;

  /** Duration of the claim. Each page extends the claim. */
  static final Duration LEASE = Duration.ofMinutes(5);

  /**
   * Time for which the job waits for an unavailable directory. After this time, the mails of the
   * day are sent without the notices of the affected owners. Their notices are in a later mail.
   */
  public static final Duration DIRECTORY_WAIT = Duration.ofHours(1);

  private static final Duration DIRECTORY_RETRY = Duration.ofMinutes(5);

  /** Number of failed look-ups in a row after which the directory counts as unavailable. */
  private static final int MAX_FAILURES = 3;

  /** Maximum number of owners whose addresses are kept during a run. */
  private static final int MAX_OWNERS = 1_000;

  private static final Logger LOG = System.getLogger(DailyNotices.class.getName());

  private final DailyNoticeStore store;
  private final ExpiryThresholds thresholds;
  private final NoticeRouting routing;
  private final MailDirectory directory;
  private final Duration timeOfDay;
  private final Clock clock;
  private final UuidGenerator ids;

  // Only one thread runs the job.
  private @Nullable LocalDate incompleteDay;
  private Instant incompleteSince = Instant.EPOCH;
  private Instant retryAt = Instant.EPOCH;

  /**
   * Creates the job.
   *
   * @param timeOfDay the time after midnight (UTC) at which the job begins
   */
  public DailyNotices(
      DailyNoticeStore store,
      ExpiryThresholds thresholds,
      NoticeRouting routing,
      MailDirectory directory,
      Duration timeOfDay,
      Clock clock,
      UuidGenerator ids) {
    this.store = store;
    this.thresholds = thresholds;
    this.routing = routing;
    this.directory = directory;
    this.timeOfDay = timeOfDay;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Runs the job if the job of the current day has not ended yet. Ends early if the calling thread
   * is interrupted.
   *
   * @param load limits the load of the job
   */
  public void run(DutyCycle load) {
    Instant now = clock.instant();
    if (now.isBefore(retryAt)) {
      return;
    }
    LocalDate day = LocalDate.ofInstant(now.minus(timeOfDay), ZoneOffset.UTC);
    Optional<UUID> claimed = store.begin(day, now, LEASE);
    if (claimed.isEmpty()) {
      return;
    }
    UUID claim = claimed.get();
    if (!scan(now, load, page -> store.add(claim, page, clock.instant(), LEASE))) {
      store.release(claim);
      return;
    }
    RecipientLookup lookup = new RecipientLookup();
    boolean done =
        lookup.pages(
            load,
            recipients -> store.addMailDeliveries(claim, day, recipients, clock.instant(), LEASE));
    if (!done || (lookup.failed && waitsForDirectory(day, now))) {
      store.release(claim);
      return;
    }
    if (lookup.withoutRecipient > 0) {
      LOG.log(
          Level.WARNING,
          "{0} notices have no mail recipient: the directory has no address for their owners",
          lookup.withoutRecipient);
    }
    if (store.end(claim, day)) {
      LOG.log(Level.INFO, "the notices of {0} are written", day);
    }
  }

  /** Returns true if the job of a day must be repeated, because the directory is unavailable. */
  private boolean waitsForDirectory(LocalDate day, Instant now) {
    if (!day.equals(incompleteDay)) {
      incompleteDay = day;
      incompleteSince = now;
    }
    boolean waits = now.isBefore(incompleteSince.plus(DIRECTORY_WAIT));
    if (waits) {
      retryAt = now.plus(DIRECTORY_RETRY);
    }
    LOG.log(
        Level.WARNING,
        waits
            ? "the mails of {0} wait for the directory"
            : "the mails of {0} omit owners whose addresses the directory did not return",
        day);
    return waits;
  }

  /**
   * Passes the notices about expiry that do not exist yet to a consumer, page by page.
   *
   * @param pages the consumer; false ends the scan
   * @return false if the consumer or an interrupt ended the scan
   */
  private boolean scan(Instant now, DutyCycle load, Predicate<List<Notice>> pages) {
    if (!routing.sends(NoticeEvent.EXPIRING) && !routing.sends(NoticeEvent.EXPIRED)) {
      return true;
    }
    for (RawToken.Kind kind : RawToken.Kind.values()) {
      NoticeToken last = null;
      List<ExpiringToken> tokens;
      do {
        long began = System.nanoTime();
        tokens = store.expiring(kind, thresholds.from(now), thresholds.to(now), last, PAGE);
        List<Notice> missing = missing(tokens, now);
        if (!missing.isEmpty() && !pages.test(missing)) {
          return false;
        }
        load.pauseAfter(began);
        if (Thread.currentThread().isInterrupted()) {
          return false;
        }
        last = tokens.isEmpty() ? null : tokens.get(tokens.size() - 1).token();
      } while (tokens.size() == PAGE);
    }
    return true;
  }

  private List<Notice> missing(List<ExpiringToken> tokens, Instant now) {
    List<Notice> due = new ArrayList<>();
    for (ExpiringToken token : tokens) {
      thresholds
          .due(token, now, ids)
          .filter(notice -> routing.sends(notice.event()))
          .ifPresent(due::add);
    }
    Set<String> missing = store.newKeys(due.stream().map(Notice::key).toList());
    return due.stream().filter(notice -> missing.contains(notice.key())).toList();
  }

  /** Receives the notices that the job would send. */
  @FunctionalInterface
  public interface PreviewConsumer {

    /**
     * Receives a notice.
     *
     * @param addresses the mail addresses; empty if mails do not report the notice
     * @param isWritten true if the notice exists already, so that webhooks have reported it
     */
    void accept(Notice notice, Set<String> addresses, boolean isWritten);
  }

  /**
   * Determines the notices that the job would send at an instant, and passes them to a consumer.
   * Changes nothing.
   *
   * @throws DirectoryUnavailableException if an address cannot be determined now
   */
  public void preview(Instant at, PreviewConsumer notices) {
    Map<EntityRef, Set<String>> known = recentlyUsed();
    UUID last = null;
    List<Notice> page;
    do {
      page = store.withoutMailDeliveries(last, PAGE);
      page.forEach(notice -> notices.accept(notice, addresses(notice, known), true));
      last = page.isEmpty() ? null : page.get(page.size() - 1).id();
    } while (page.size() == PAGE);
    boolean unused =
        scan(
            at,
            DutyCycle.CONTINUOUS,
            due -> {
              due.forEach(notice -> notices.accept(notice, addresses(notice, known), false));
              return true;
            });
  }

  private Set<String> addresses(Notice notice, Map<EntityRef, Set<String>> known) {
    if (!routing.toMail(notice.event())) {
      return Set.of();
    }
    EntityRef owner = notice.token().owner();
    Set<String> addresses = known.get(owner);
    if (addresses == null) {
      addresses = directory.addressesOf(owner);
      known.put(owner, addresses);
    }
    return addresses;
  }

  private static Map<EntityRef, Set<String>> recentlyUsed() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<EntityRef, Set<String>> eldest) {
        return size() > MAX_OWNERS;
      }
    };
  }

  /** Finds the mail recipients of all notices that have none yet. */
  private final class RecipientLookup {

    private final Map<EntityRef, Set<String>> known = recentlyUsed();
    private int failures;
    private boolean failed;
    private long withoutRecipient;

    /**
     * Passes the recipients of notices to a consumer, page by page.
     *
     * @return false if the consumer or an interrupt ended the work
     */
    boolean pages(DutyCycle load, Predicate<Map<UUID, Set<String>>> consumer) {
      UUID last = null;
      List<Notice> page;
      do {
        long began = System.nanoTime();
        page = store.withoutMailDeliveries(last, PAGE);
        Map<UUID, Set<String>> recipients = new HashMap<>();
        for (Notice notice : page) {
          if (failures < MAX_FAILURES) {
            find(notice, recipients);
          }
        }
        if (!recipients.isEmpty() && !consumer.test(recipients)) {
          return false;
        }
        load.pauseAfter(began);
        if (Thread.currentThread().isInterrupted()) {
          return false;
        }
        last = page.isEmpty() ? null : page.get(page.size() - 1).id();
      } while (page.size() == PAGE && failures < MAX_FAILURES);
      return true;
    }

    private void find(Notice notice, Map<UUID, Set<String>> recipients) {
      try {
        Set<String> found = addresses(notice, known);
        failures = 0;
        withoutRecipient += found.isEmpty() ? 1 : 0;
        recipients.put(notice.id(), found);
      } catch (DirectoryUnavailableException e) {
        failed = true;
        failures++;
      }
    }
  }
}
