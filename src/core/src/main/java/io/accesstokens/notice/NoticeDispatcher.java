package io.accesstokens.notice;

import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.VerificationUnavailableException;
import io.accesstokens.verify.limit.OutageLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends deliveries in background threads, and runs the daily job. There is one thread for each
 * webhook endpoint, so that a slow endpoint delays no other endpoint. Each other task also has a
 * thread, so that it delays no delivery.
 *
 * <p>The dispatcher must be closed before the store.
 */
public final class NoticeDispatcher implements AutoCloseable {

  /**
   * The durations for claims of deliveries.
   *
   * @param lease the duration of a claim
   * @param reserve the minimum time that must remain until the end of a claim when an attempt
   *     begins. This time exceeds the duration of an attempt plus the difference between the clocks
   *     of two replicas.
   */
  public record Leases(Duration lease, Duration reserve) {

    /** The default durations, for attempts that take at most a minute. */
    public static final Leases DEFAULT = new Leases(Duration.ofMinutes(5), Duration.ofMinutes(2));
  }

  /**
   * A webhook endpoint.
   *
   * @param name the unique name of the endpoint
   * @param address identifies the URL of the endpoint
   * @param events the events that are sent to the endpoint
   */
  public record Endpoint(
      String name, String address, Set<NoticeEvent> events, NoticeSender sender) {}

  /**
   * The error text of a delivery that is not sent, because its endpoint has responded with 410 to
   * an earlier delivery.
   */
  private static final String DISABLED = "the endpoint responded with 410 before";

  /** Maximum number of deliveries that a thread claims at a time. */
  private static final int BATCH = 10;

  /** Number of tasks besides the sending to the webhook endpoints. */
  private static final int OTHER_TASKS = 5;

  private static final int POLL_MILLIS = 1_000;
  private static final int DAILY_MILLIS = 30_000;
  private static final int QUEUE_MILLIS = 15_000;
  private static final int TRIM_MILLIS = 3_600_000;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  private static final Logger LOG = System.getLogger(NoticeDispatcher.class.getName());

  private final DaemonThreads threads = new DaemonThreads("access-tokens-notices");
  private final DeliveryStore store;
  private final List<Endpoint> endpoints;
  private final @Nullable NoticeSender mail;
  private final Leases leases;
  private final Clock clock;
  private final RandomGenerator random;
  private final ScheduledExecutorService executor;
  private volatile NoticeQueue queue = NoticeQueue.EMPTY;
  private volatile boolean closing;

  /** True after {@link #trimFirst} has ended normally. Guarded by the lock of this object. */
  private boolean hasTrimmed;

  private NoticeDispatcher(
      DeliveryStore store,
      List<Endpoint> endpoints,
      @Nullable NoticeSender mail,
      Leases leases,
      Clock clock,
      RandomGenerator random) {
    this.store = store;
    this.endpoints = List.copyOf(endpoints);
    this.mail = mail;
    this.leases = leases;
    this.clock = clock;
    this.random = random;
    this.executor = Executors.newScheduledThreadPool(OTHER_TASKS + endpoints.size(), threads);
  }

  /**
   * Starts the threads.
   *
   * @param endpoints the webhook endpoints; the dispatcher closes their senders
   * @param mail sends mails, and is closed by the dispatcher; null if no mails are sent
   */
  public static NoticeDispatcher start(
      DeliveryStore store,
      DailyNoticeJob daily,
      List<Endpoint> endpoints,
      @Nullable NoticeSender mail,
      Leases leases,
      Clock clock,
      RandomGenerator random) {
    NoticeDispatcher dispatcher =
        new NoticeDispatcher(store, endpoints, mail, leases, clock, random);
    dispatcher.every(DAILY_MILLIS, "the daily job of notices", () -> daily.run(DutyCycle.TENTH));
    dispatcher.every(QUEUE_MILLIS, "the count of unsent notices", dispatcher::measure);
    dispatcher.every(TRIM_MILLIS, "the deletion of old notices", () -> store.trim(clock.instant()));
    if (!endpoints.isEmpty()) {
      dispatcher.every(
          POLL_MILLIS, "the assignment of notices to webhooks", dispatcher::addDeliveries);
    }
    for (Endpoint endpoint : endpoints) {
      DeliveryWorker worker =
          dispatcher.new DeliveryWorker("the webhook " + endpoint.name(), endpoint.sender());
      dispatcher.every(
          POLL_MILLIS,
          "the sending to the webhook " + endpoint.name(),
          () -> dispatcher.sendWebhooks(endpoint, worker));
    }
    if (mail != null) {
      DeliveryWorker worker = dispatcher.new DeliveryWorker("the mail server", mail);
      dispatcher.every(
          POLL_MILLIS,
          "the sending of mails",
          () -> worker.sendAll(now -> store.claimMails(BATCH, now, leases.lease())));
    }
    return dispatcher;
  }

  private void every(int millis, String name, Runnable task) {
    var unused =
        executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(
                () -> {
                  trimFirst();
                  task.run();
                },
                LOG,
                name,
                "and is tried again; until then, notices can be delayed"),
            random.nextInt(POLL_MILLIS),
            millis,
            TimeUnit.MILLISECONDS);
  }

  /**
   * Deletes old notices before any other work. Otherwise, a dispatcher that starts after a long
   * time would send old notices.
   */
  private synchronized void trimFirst() {
    if (!hasTrimmed) {
      try {
        store.trim(clock.instant());
      } catch (VerificationUnavailableException e) {
        throw e; // Each task needs the store.
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "old notices could not be deleted, and may be sent", e);
      }
      hasTrimmed = true;
    }
  }

  /**
   * Returns the last measured state of the queue; an empty queue before the first measurement. The
   * state is measured every 15 seconds while the store can be reached.
   */
  public NoticeQueue queue() {
    return queue;
  }

  private void measure() {
    queue = store.queue(clock.instant());
  }

  private void addDeliveries() {
    Map<String, Set<NoticeEvent>> events =
        endpoints.stream().collect(Collectors.toMap(Endpoint::name, Endpoint::events));
    boolean more;
    do {
      long began = System.nanoTime();
      more = store.addWebhookDeliveries(events, clock.instant());
      if (more) {
        DutyCycle.TENTH.pauseAfter(began);
      }
    } while (more && !closing);
  }

  private void sendWebhooks(Endpoint endpoint, DeliveryWorker worker) {
    worker.sendAll(
        now -> {
          List<Delivery> claimed = store.claimWebhooks(endpoint.name(), BATCH, now, leases.lease());
          if (!claimed.isEmpty() && store.isDisabled(endpoint.name(), endpoint.address())) {
            claimed.forEach(delivery -> store.recordCancelled(delivery, DISABLED, clock.instant()));
            return List.of();
          }
          return claimed;
        });
    SendResult.Gone gone = worker.gone;
    if (gone != null) {
      worker.gone = null;
      LOG.log(
          Level.ERROR,
          "the webhook {0} responded with 410 and gets no further notices; a changed url or name"
              + " enables it again",
          endpoint.name());
      store.disableEndpoint(endpoint.name(), endpoint.address(), DISABLED, clock.instant());
    }
  }

  /** Sends the deliveries for one webhook or for the mail server, in one thread. */
  private final class DeliveryWorker {

    private final String recipient;
    private final NoticeSender sender;
    private Instant pausedUntil = Instant.EPOCH;
    private final OutageLog outages = new OutageLog(LOG);
    private SendResult.@Nullable Gone gone;

    DeliveryWorker(String recipient, NoticeSender sender) {
      this.recipient = recipient;
      this.sender = sender;
    }

    /**
     * Sends deliveries until no delivery is due. Stops earlier in these cases:
     *
     * <ul>
     *   <li>A pause for the recipient begins, see {@link SendResult.Retry#pause}.
     *   <li>The recipient accepts no further deliveries.
     *   <li>The dispatcher is closed.
     * </ul>
     *
     * @param claims claims deliveries that are due at an instant
     */
    void sendAll(Function<Instant, List<Delivery>> claims) {
      while (!isStopped()) {
        List<Delivery> claimed = claims.apply(clock.instant());
        if (claimed.isEmpty()) {
          return;
        }
        for (Delivery delivery : claimed) {
          Instant latest = delivery.claimedUntil().minus(leases.reserve());
          if (isStopped() || clock.instant().isAfter(latest)) {
            store.release(delivery);
          } else if (delivery.notices().isEmpty()) {
            store.recordOmitted(delivery, clock.instant());
          } else {
            record(delivery, sender.send(delivery));
          }
        }
      }
    }

    private boolean isStopped() {
      return closing || gone != null || isPaused(clock.instant());
    }

    private boolean isPaused(Instant now) {
      // A later end of the pause was computed with a wrong clock.
      return now.isBefore(pausedUntil) && !pausedUntil.isAfter(now.plus(RetrySchedule.MAX_PAUSE));
    }

    private void record(Delivery delivery, SendResult result) {
      Instant now = clock.instant();
      boolean recorded;
      if (result instanceof SendResult.Sent) {
        recorded = store.recordSent(delivery, now);
        outages.reportSuccess("recovered: " + recipient + " accepts notices");
      } else if (result instanceof SendResult.Retry retry) {
        recorded = repeat(delivery, retry, now);
      } else if (result instanceof SendResult.Failed failed) {
        recorded = abandon(delivery, failed.error(), now);
      } else {
        gone = (SendResult.Gone) result;
        recorded = abandon(delivery, gone.error(), now);
      }
      if (!recorded) {
        LOG.log(
            Level.WARNING,
            "{0}: an attempt took too long and may be repeated, or the endpoint was disabled",
            recipient);
      }
    }

    private boolean repeat(Delivery delivery, SendResult.Retry retry, Instant now) {
      outages.reportFailure(
          Level.WARNING, recipient + " does not accept notices: " + retry.error());
      if (!retry.pause().isZero()) {
        pausedUntil = now.plus(RetrySchedule.bounded(retry.pause()));
      }
      Optional<Duration> delay = RetrySchedule.next(delivery.attempts() + 1, retry.pause(), random);
      return delay.isPresent()
          ? store.recordRetry(delivery, retry.error(), now.plus(delay.get()))
          : abandon(delivery, retry.error(), now);
    }

    private boolean abandon(Delivery delivery, String error, Instant now) {
      LOG.log(
          Level.WARNING,
          "{0}: the delivery {1} is not repeated: {2}",
          recipient,
          delivery.id(),
          error);
      return store.recordAbandoned(delivery, error, now);
    }
  }

  /** Aborts running attempts, and stops the threads. */
  @Override
  public void close() {
    closing = true;
    endpoints.forEach(endpoint -> endpoint.sender().close());
    if (mail != null) {
      mail.close();
    }
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
