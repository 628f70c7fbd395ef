package io.accesstokens.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.DaemonThreads;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class DailyNoticeJobStopTest {

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

  /** An interrupt can close an embedded H2 database. */
  @Test
  void jobEndsBeforeItIsInterrupted() throws Exception {
    DailyNoticeJob job =
        new DailyNoticeJob(
            daily,
            new ExpiryThresholds(List.of(7)),
            new NoticeRouting(EnumSet.of(NoticeEvent.EXPIRING), false),
            MailDirectory.NONE,
            Duration.ZERO,
            Clock.systemUTC(),
            new UuidGenerator(new Random(1)));
    DaemonThreads threads = new DaemonThreads("daily-job");
    ExecutorService executor = Executors.newSingleThreadExecutor(threads);
    executor.execute(() -> job.run(DutyCycle.CONTINUOUS));
    reads.await();
    assertTrue(threads.shutDown(executor, Duration.ofSeconds(60)), "the job has not ended");
    assertEquals(false, releasedByInterrupted.get(), "interrupted");
  }
}
