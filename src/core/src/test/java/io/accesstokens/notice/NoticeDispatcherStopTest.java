package io.accesstokens.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NoticeDispatcherStopTest {

  private static final ExpiringToken EXPIRING =
      new ExpiringToken(
          new NoticeToken(
              RawToken.Kind.SERVICE,
              new UUID(1, 1),
              "ci",
              "bsat_abcdefg",
              new EntityRef(EntityRef.GROUP, "default", "platform"),
              Instant.EPOCH,
              Instant.EPOCH),
          Duration.ofDays(30));

  private final CountDownLatch reads = new CountDownLatch(1);
  private final CompletableFuture<Boolean> releasedByInterrupted = new CompletableFuture<>();

  /** A store whose expiring tokens never end. */
  private final DailyNoticeStore daily =
      TestDouble.of(
          DailyNoticeStore.class,
          call ->
              switch (call.name()) {
                case "claim" -> Optional.of(new UUID(1, 2));
                case "expiring" -> {
                  reads.countDown();
                  yield Collections.nCopies(DailyNoticeJob.PAGE, EXPIRING);
                }
                case "newKeys" -> Set.of();
                case "extend" -> true;
                case "release" ->
                    releasedByInterrupted.complete(Thread.currentThread().isInterrupted());
                default -> throw new UnsupportedOperationException(call.toString());
              });

  private final DeliveryStore deliveries =
      TestDouble.of(
          DeliveryStore.class, call -> call.name().equals("queue") ? NoticeQueue.EMPTY : null);

  /** An interrupt can close an embedded H2 database. */
  @Test
  void closeEndsTheDailyJobWithoutAnInterrupt() throws Exception {
    DailyNoticeJob job =
        new DailyNoticeJob(
            daily,
            new ExpiryThresholds(List.of(7)),
            new NoticeRouting(EnumSet.of(NoticeEvent.EXPIRING), false),
            MailDirectory.NONE,
            Duration.ZERO,
            Clock.systemUTC(),
            new UuidGenerator(new Random(1)));
    NoticeDispatcher dispatcher =
        NoticeDispatcher.start(
            deliveries,
            job,
            List.of(),
            null,
            NoticeDispatcher.Leases.DEFAULT,
            Clock.systemUTC(),
            new Random(1));
    reads.await();
    dispatcher.close();
    assertEquals(false, releasedByInterrupted.get(30, TimeUnit.SECONDS), "interrupted");
  }
}
