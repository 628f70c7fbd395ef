package io.accesstokens.token.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.Actor;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.usage.UsageRecorder;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BackgroundWorkTest {

  private static final AuditEvent EVENT =
      new AuditEvent(
          new UUID(1, 1),
          new UUID(1, 2),
          AuditEvent.Type.PREVIOUS_SECRET_ENDED,
          AuditEvent.SYSTEM,
          Map.of(),
          Instant.EPOCH);

  private final List<Instant> instants = new ArrayList<>();
  private final CountDownLatch usesWritten = new CountDownLatch(1);
  private volatile @Nullable RuntimeException writesFail;

  /** A store that writes uses, and whose maintenance fails after it has written an event. */
  @SuppressWarnings("unchecked")
  private final TokenStore store =
      TestDouble.of(
          TokenStore.class,
          call -> {
            if (call.name().equals("recordUses")) {
              RuntimeException failure = writesFail;
              if (failure != null) {
                throw failure;
              }
              usesWritten.countDown();
              return List.of();
            }
            if (!call.name().equals("maintain") || call.argumentCount() != 2) {
              throw new UnsupportedOperationException(call.toString());
            }
            instants.add((Instant) call.argument(0));
            ((Consumer<AuditEvent>) call.argument(1)).accept(EVENT);
            throw new StoreUnavailableException("down", null);
          });

  @Test
  void workContinuesAfterAFailureOfTheLogger() throws Exception {
    CountDownLatch runs = new CountDownLatch(2);
    UsageRecorder uses = new UsageRecorder(store, Clock.systemUTC());
    try (RecordedLog log = new RecordedLog(BackgroundWork.class);
        BackgroundWork work = BackgroundWork.start(uses, store, Clock.systemUTC())) {
      log.failOnce();
      work.schedule(
          1,
          "the work",
          () -> {
            runs.countDown();
            throw new IllegalStateException("of the test");
          });
      assertTrue(runs.await(2, TimeUnit.MINUTES), "the task ran only once");
      assertFalse(log.isFailing(), "the logger has failed");
    }
  }

  @Test
  void logSaysThatUnwrittenUsesStayInMemory() {
    writesFail = new IllegalStateException("of the test");
    UsageRecorder uses = new UsageRecorder(store, Clock.systemUTC());
    uses.recordUse(new UUID(1, 2));
    try (RecordedLog log = new RecordedLog(BackgroundWork.class)) {
      BackgroundWork work = BackgroundWork.start(uses, store, Clock.systemUTC());
      try {
        Awaitility.await()
            .until(
                () ->
                    log.lines()
                        .contains(
                            "SEVERE the writing of token uses failed, and is tried again; until"
                                + " then, the uses of tokens stay in memory"));
      } finally {
        work.close();
      }
      assertEquals(
          "SEVERE the writing of token uses failed, so the last uses of tokens are lost",
          log.lines().get(log.lines().size() - 1));
    }
  }

  @Test
  void lossOfUsesDuringAnOutageIsLogged() {
    writesFail = new StoreUnavailableException("down", null);
    UsageRecorder uses = new UsageRecorder(store, Clock.systemUTC());
    uses.recordUse(new UUID(1, 2));
    try (RecordedLog log = new RecordedLog(BackgroundWork.class)) {
      BackgroundWork.start(uses, store, Clock.systemUTC()).close();
      assertEquals(
          "SEVERE the last uses of tokens are lost: down", log.lines().get(log.lines().size() - 1));
    }
  }

  @Test
  void usesAreWrittenWhileOtherTasksRun() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch end = new CountDownLatch(1);
    Runnable longTask =
        () -> {
          running.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    UsageRecorder uses = new UsageRecorder(store, Clock.systemUTC());
    try (BackgroundWork work = BackgroundWork.start(uses, store, Clock.systemUTC())) {
      work.schedule(1, "one task", longTask).schedule(1, "another task", longTask);
      assertTrue(running.await(2, TimeUnit.MINUTES), "the tasks do not run");
      uses.recordUse(new UUID(1, 2));
      boolean written = usesWritten.await(2, TimeUnit.MINUTES);
      end.countDown();
      assertTrue(written, "the use waits for the other tasks");
    }
  }

  @Test
  void maintenanceReportsItsEventsAndHasAPrecisionOfMilliseconds() {
    List<AuditEvent> reported = new ArrayList<>();
    AuditListener log =
        new AuditListener() {
          @Override
          public void recorded(AuditEvent event, Actor actor) {}

          @Override
          public void denied(Actor actor, String permission, String rule) {}

          @Override
          public void recordedBySystem(AuditEvent event) {
            reported.add(event);
            throw new IllegalStateException("of the test");
          }
        };
    ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00.123456789Z"));
    assertThrows(StoreUnavailableException.class, () -> BackgroundWork.maintain(store, log, clock));
    assertEquals(List.of(EVENT), reported, "events before the failure");
    assertEquals(List.of(Instant.parse("2026-03-01T12:00:00.123Z")), instants);
  }
}
