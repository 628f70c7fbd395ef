package io.accesstokens.notice;

import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.DaemonThreads;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The daily job, which writes the notices about expiry and assigns notices to the mails of the day.
 * All replicas together run the job once a day. The job reads tokens and notices in pages.
 * Therefore its memory use does not depend on their number. An interrupted job begins again, and
 * writes no notice twice.
 */
public final class DailyNoticeJob {

  /** Number of tokens or notices in a page. Large pages would delay requests noticeably. */
  static final int PAGE = 100;

  /** Duration of the claim. Each write extends the claim. */
  static final Duration LEASE = Duration.ofMinutes(5);

  /** Minimum time between two extensions of the claim during the address look-ups for one page. */
  private static final Duration EXTENSION = Duration.ofMinutes(1);

  /**
   * Time for which the job waits for an unavailable directory. After this time, the mails of the
   * day are sent without the notices of the affected owners. These notices are in a later mail.
   */
  public static final Duration DIRECTORY_WAIT = Duration.ofHours(1);

  private static final Duration DIRECTORY_RETRY = Duration.ofMinutes(5);

  /** Number of failed address look-ups in a row after which the directory counts as unavailable. */
  private static final int MAX_FAILURES = 3;

  /** Maximum number of owners whose mail addresses are kept in memory during a run. */
  private static final int MAX_OWNERS = 1_000;

  private static final Logger LOG = System.getLogger(DailyNoticeJob.class.getName());

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
   * The owners whose last address look-up failed, in the order of the failures. The look-ups for
   * these owners are repeated separately. Otherwise, a few owners whose look-ups always fail would
   * block all other owners.
   */
  private final Set<EntityRef> failingOwners = new LinkedHashSet<>();

  /**
   * Creates the job.
   *
   * @param timeOfDay the time after midnight (UTC) at which the job begins
   */
  public DailyNoticeJob(
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
   * Runs the job, unless the job of the current day has ended, another process runs it, or it waits
   * for the directory. Ends early if {@link DaemonThreads#isStopping} returns true. After an
   * exception, the next call repeats the job.
   *
   * @param load limits the load of the job
   */
  public void run(DutyCycle load) {
    Instant now = clock.instant();
    // A later time was computed with a wrong clock.
    if (now.isBefore(retryAt) && !retryAt.isAfter(now.plus(DIRECTORY_RETRY))) {
      return;
    }
    LocalDate day = LocalDate.ofInstant(now.minus(timeOfDay), ZoneOffset.UTC);
    Optional<UUID> claimed = store.claim(day, now, LEASE);
    if (claimed.isEmpty()) {
      return;
    }
    UUID claim = claimed.get();
    boolean completed = false;
    try {
      completed =
          scan(now, load, page -> add(claim, page))
              && addMails(claim, day, load)
              && store.complete(claim, day);
    } finally {
      if (!completed) { // The next run repeats the job, even after an exception.
        store.release(claim);
      }
    }
    if (completed) {
      LOG.log(Level.INFO, "wrote the notices about expiry for {0}", day);
    }
  }

  /**
   * Assigns notices to the mails of a day. Returns false if the job of this day must be repeated.
   */
  private boolean addMails(UUID claim, LocalDate day, DutyCycle load) {
    RecipientLookup lookup = new RecipientLookup(claim, day, load);
    if (!lookup.run()
        || (lookup.omittedOwner != null && postponeForDirectory(day, lookup.omittedOwner))) {
      return false;
    }
    if (lookup.withoutRecipient > 0) {
      LOG.log(
          Level.WARNING,
          "{0} notices have no mail recipient: the directory has no address for their owners",
          String.valueOf(lookup.withoutRecipient));
    }
    return true;
  }

  /** Writes a page of notices, which can be empty, and extends the claim. */
  private boolean add(UUID claim, List<Notice> page) {
    return page.isEmpty()
        ? store.extend(claim, clock.instant(), LEASE)
        : store.add(claim, page, clock.instant(), LEASE);
  }

  /**
   * Postpones the job of a day, because the directory is unavailable. Returns false if the job of
   * this day has already waited for {@link #DIRECTORY_WAIT}.
   *
   * @param omitted an owner whose addresses the directory did not return
   */
  private boolean postponeForDirectory(LocalDate day, EntityRef omitted) {
    Instant now = clock.instant();
    // A later time was recorded with a wrong clock.
    if (!day.equals(incompleteDay) || incompleteSince.isAfter(now)) {
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
            ? "the mails of {0} wait for the directory, which did not return the address of {1}"
            : "the mails of {0} omit owners whose addresses the directory did not return,"
                + " such as {1}",
        day,
        omitted);
    return waits;
  }

  /**
   * Finds the notices about expiry that are due and not yet written. Passes these notices to a
   * consumer, page by page.
   *
   * @param pages the consumer, which also receives empty pages, and returns false to end the scan
   * @return false if the consumer or a stop ended the scan
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
        tokens =
            store.expiring(
                kind, thresholds.earliestExpiry(now), thresholds.latestExpiry(now), last, PAGE);
        if (!pages.test(missing(tokens, now))) {
          return false;
        }
        load.pauseAfter(began);
        if (DaemonThreads.isStopping()) {
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
     * @param addresses the mail addresses; empty if mails do not report the notice, or if the
     *     directory has no address for the owner
     * @param isWritten true if the notice exists already; the job would then add only the mails
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
    Map<EntityRef, Set<String>> known = lruCache();
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
    if (!routing.sendsMail(notice.event())) {
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

  private static Map<EntityRef, Set<String>> lruCache() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<EntityRef, Set<String>> eldest) {
        return size() > MAX_OWNERS;
      }
    };
  }

  /** Finds the mail recipients of all notices that have no mail deliveries yet. */
  private final class RecipientLookup {

    private final UUID claim;
    private final LocalDate day;
    private final DutyCycle load;
    private final Map<EntityRef, Set<String>> known = lruCache();
    private Instant extendedAt = clock.instant();
    private int failuresInSuccession;
    private @Nullable EntityRef omittedOwner;
    private long withoutRecipient;

    RecipientLookup(UUID claim, LocalDate day, DutyCycle load) {
      this.claim = claim;
      this.day = day;
      this.load = load;
    }

    /**
     * Looks up the mail recipients of notices, and writes them to the store. Omits the notices of
     * owners whose look-ups fail.
     *
     * @return false if a lost claim or a stop ended the work
     */
    boolean run() {
      return repeatFailed() && addRecipients();
    }

    /** Repeats failed look-ups of earlier runs, until the directory counts as unavailable. */
    private boolean repeatFailed() {
      for (EntityRef owner : List.copyOf(failingOwners)) {
        if (isDirectoryUnavailable()) {
          return true;
        }
        failingOwners.remove(owner);
        try {
          known.put(owner, directory.addressesOf(owner));
          failuresInSuccession = 0;
        } catch (DirectoryUnavailableException e) {
          recordFailure(owner);
        }
        if (mustEnd()) {
          return false;
        }
      }
      return true;
    }

    private boolean isDirectoryUnavailable() {
      return failuresInSuccession >= MAX_FAILURES;
    }

    private void recordFailure(EntityRef owner) {
      failuresInSuccession++;
      failingOwners.add(owner);
      load.pauseAfterFailure();
    }

    /**
     * Looks up and writes the recipients, page by page, until the directory counts as unavailable.
     */
    private boolean addRecipients() {
      failuresInSuccession = 0;
      UUID last = null;
      List<Notice> page;
      do {
        long began = System.nanoTime();
        page = store.withoutMailDeliveries(last, PAGE);
        Map<UUID, Set<String>> recipients = new HashMap<>();
        for (Notice notice : page) {
          EntityRef owner = notice.token().owner();
          if (isDirectoryUnavailable() || failingOwners.contains(owner)) {
            omittedOwner = owner;
          } else {
            lookUp(notice, recipients);
            if (mustEnd()) {
              return false;
            }
          }
        }
        if (!recipients.isEmpty()
            && !store.addMailDeliveries(claim, day, recipients, clock.instant(), LEASE)) {
          return false;
        }
        load.pauseAfter(began);
        if (mustEnd()) {
          return false;
        }
        last = page.isEmpty() ? null : page.get(page.size() - 1).id();
      } while (page.size() == PAGE && !isDirectoryUnavailable());
      return true;
    }

    private void lookUp(Notice notice, Map<UUID, Set<String>> recipients) {
      try {
        Set<String> found = addresses(notice, known);
        failuresInSuccession = 0;
        withoutRecipient += found.isEmpty() && routing.sendsMail(notice.event()) ? 1 : 0;
        recipients.put(notice.id(), found);
      } catch (DirectoryUnavailableException e) {
        omittedOwner = notice.token().owner();
        recordFailure(omittedOwner);
      }
    }

    /**
     * Returns true if the thread must stop or the claim is lost. Extends the claim if {@link
     * #EXTENSION} has passed since the last extension.
     */
    private boolean mustEnd() {
      if (DaemonThreads.isStopping()) {
        return true;
      }
      Instant now = clock.instant();
      if (now.isBefore(extendedAt.plus(EXTENSION))) {
        return false;
      }
      extendedAt = now;
      return !store.extend(claim, now, LEASE);
    }
  }
}
