package io.accesstokens.store.notice;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.token;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.notice.DailyNoticeJob;
import io.accesstokens.notice.Delivery;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.ExpiryThresholds;
import io.accesstokens.notice.NoticeDispatcher;
import io.accesstokens.notice.NoticeDispatcher.Endpoint;
import io.accesstokens.notice.NoticeDispatcher.Leases;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeQuery;
import io.accesstokens.notice.NoticeReport;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.notice.NoticeSender;
import io.accesstokens.notice.SendResult;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.MailDirectory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests how the dispatcher treats the results of its senders, on a real store. */
@SuppressWarnings("try") // a dispatcher runs until it is closed
class NoticeDispatcherIT {

  private static final Set<NoticeEvent> ALL = EnumSet.allOf(NoticeEvent.class);

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock(NOON);
  private final Map<String, List<Instant>> attempts = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private ConnectionPool pool;
  private HibernateTokenStore store;

  @BeforeEach
  void open() {
    pool = TestPools.h2(directory.resolve("notices"));
    Migrations.migrate(pool);
    store = new HibernateTokenStore(pool, new NoticeRouting(ALL, false));
  }

  @AfterEach
  void close() {
    closed.countDown();
    store.close();
    pool.close();
  }

  private List<Instant> attempts(String endpoint) {
    return attempts.computeIfAbsent(endpoint, name -> new CopyOnWriteArrayList<>());
  }

  private Endpoint endpoint(String name, Function<Delivery, SendResult> results) {
    NoticeSender sender =
        new NoticeSender() {
          @Override
          public SendResult send(Delivery delivery) {
            attempts(name).add(clock.instant());
            return results.apply(delivery);
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    return new Endpoint(name, "a1", ALL, sender);
  }

  private NoticeDispatcher start(Endpoint... endpoints) {
    SecureRandom random = new SecureRandom();
    return NoticeDispatcher.start(
        store.deliveries(),
        new DailyNoticeJob(
            store.dailyNotices(),
            new ExpiryThresholds(List.of()),
            NoticeRouting.NONE,
            MailDirectory.NONE,
            Duration.ZERO,
            clock,
            new UuidGenerator(random)),
        List.of(endpoints),
        null,
        Leases.DEFAULT,
        clock,
        random);
  }

  private void awaitAttempts(String endpoint, int count) {
    await().until(() -> attempts(endpoint).size() >= count);
  }

  private List<NoticeReport.DeliveryReport> reports() {
    List<NoticeReport.DeliveryReport> all = new ArrayList<>();
    store
        .noticeReports()
        .list(new NoticeQuery(Optional.empty(), Optional.empty(), Optional.empty(), 100), NOON)
        .forEach(report -> all.addAll(report.deliveries()));
    return all;
  }

  @Test
  void hangingEndpointDelaysNoOtherEndpoint() {
    Endpoint hanging =
        endpoint(
            "hanging",
            delivery -> {
              try {
                boolean unused = closed.await(1, TimeUnit.MINUTES);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return new SendResult.Retry("closed");
            });
    Endpoint good = endpoint("good", delivery -> new SendResult.Sent());
    for (int i = 0; i < 12; i++) {
      put(store, token("n" + i));
    }
    try (NoticeDispatcher dispatcher = start(hanging, good)) {
      awaitAttempts("good", 12);
      awaitAttempts("hanging", 1);
      assertEquals(1, attempts("hanging").size());
      long start = System.nanoTime();
      dispatcher.close();
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(time.toSeconds() < 30, "close aborts the attempt, but took " + time);
    }
  }

  @Test
  void deliveryIsAbandonedAfterTenAttempts() {
    put(store, token("ci"));
    try (NoticeDispatcher running =
        start(
            endpoint(
                "failing", delivery -> new SendResult.Retry("error " + delivery.attempts())))) {
      for (int i = 1; i <= 10; i++) {
        awaitAttempts("failing", i);
        int done = i;
        await().until(() -> reports().get(0).attempts() == done);
        Instant next = reports().get(0).nextAttemptAt();
        if (next != null) {
          clock.shift(Duration.between(clock.instant(), next));
        }
      }
      NoticeReport.DeliveryReport last = reports().get(0);
      assertEquals("failed", last.state());
      assertEquals("error 9", last.lastError());
    }
    Duration all = Duration.between(NOON, attempts("failing").get(9));
    assertTrue(
        all.toHours() >= 75 && all.toHours() <= 84, "from the first to the last attempt: " + all);
  }

  @Test
  void requestedPauseHoldsBackOtherDeliveries() {
    for (int i = 0; i < 3; i++) {
      put(store, token("n" + i));
    }
    try (NoticeDispatcher running =
        start(
            endpoint(
                "busy",
                delivery ->
                    attempts("busy").size() == 1
                        ? new SendResult.Retry("429", Duration.ofMinutes(7))
                        : new SendResult.Sent()))) {
      awaitAttempts("busy", 1);
      await().until(() -> reports().stream().anyMatch(report -> report.attempts() == 1));
      clock.shift(Duration.ofMinutes(6));
      // All tasks of the dispatcher have the same period.
      for (int i = 4; i <= 6; i++) {
        int known = i;
        put(store, token("later-" + i));
        await().until(() -> reports().size() == known);
      }
      assertEquals(1, attempts("busy").size(), "attempts during the pause");
      clock.shift(Duration.ofMinutes(2));
      awaitAttempts("busy", 7);
    }
  }

  /** For example, the server gets a new certificate, which has another error. */
  @Test
  void changedErrorIsLogged() {
    put(store, token("ci"));
    List<String> errors = List.of("expired", "expired", "untrusted");
    try (RecordedLog log = new RecordedLog(NoticeDispatcher.class);
        NoticeDispatcher running =
            start(
                endpoint(
                    "hook",
                    delivery ->
                        attempts("hook").size() <= errors.size()
                            ? new SendResult.Retry(errors.get(attempts("hook").size() - 1))
                            : new SendResult.Sent()))) {
      for (int attempt = 1; attempt <= errors.size(); attempt++) {
        int recorded = attempt;
        await().until(() -> reports().stream().anyMatch(report -> report.attempts() == recorded));
        clock.shift(Duration.ofDays(1));
      }
      String webhook = "the webhook hook";
      await()
          .untilAsserted(
              () ->
                  assertEquals(
                      List.of(
                          "WARNING " + webhook + " does not accept notices: expired",
                          "WARNING " + webhook + " does not accept notices: untrusted",
                          "INFO recovered: " + webhook + " accepts notices"),
                      log.lines()));
    }
  }

  @Test
  void pauseOfAFastClockEndsWhenTheClockIsCorrected() {
    Duration ahead = Duration.ofDays(2);
    clock.shift(ahead);
    put(store, token("ci"));
    try (NoticeDispatcher running =
        start(endpoint("busy", delivery -> new SendResult.Retry("429", Duration.ofMinutes(7))))) {
      awaitAttempts("busy", 1);
      await().until(() -> reports().stream().anyMatch(report -> report.attempts() == 1));
      clock.shift(ahead.negated());
      awaitAttempts("busy", 2);
    }
  }

  /** For example, no notices were sent for months. */
  @Test
  void noticesOlderThanTheRetentionTimeAreDeletedAndNotSent() {
    put(store, token("delivery"));
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      String name = "hook" + i;
      store.deliveries().addWebhookDeliveries(Map.of(name, ALL), clock.instant());
      put(store, token("ci-" + i));
      endpoints.add(endpoint(name, delivery -> new SendResult.Sent()));
    }
    clock.shift(DeliveryStore.RETENTION.plusMillis(1));
    try (NoticeDispatcher running = start(endpoints.toArray(new Endpoint[0]))) {
      await().until(() -> reports().isEmpty());
    }
    assertEquals(Map.of(), attempts);
  }

  @Test
  void goneEndpointGetsOneAttempt() {
    for (int i = 0; i < 12; i++) {
      put(store, token("n" + i));
    }
    try (NoticeDispatcher running =
        start(endpoint("gone", delivery -> new SendResult.Gone("410")))) {
      await()
          .until(
              () ->
                  reports().size() == 12
                      && reports().stream().allMatch(one -> one.state().equals("failed")));
      put(store, token("later"));
      await()
          .until(
              () ->
                  reports().size() == 13
                      && reports().stream().allMatch(one -> one.state().equals("failed")));
      assertEquals(1, attempts("gone").size());
      assertEquals(
          1,
          reports().stream().mapToInt(NoticeReport.DeliveryReport::attempts).sum(),
          "recorded attempts");
    }
  }
}
