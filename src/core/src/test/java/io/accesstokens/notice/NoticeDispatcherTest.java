package io.accesstokens.notice;

import static org.awaitility.Awaitility.await;

import io.accesstokens.notice.NoticeDispatcher.Endpoint;
import io.accesstokens.notice.NoticeDispatcher.Leases;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.MailDirectory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a dispatcher runs until it is closed
class NoticeDispatcherTest {

  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger blocked = new AtomicInteger();
  private final AtomicInteger trims = new AtomicInteger();
  private final AtomicInteger webhookClaims = new AtomicInteger();

  private <T> T block(T result) throws InterruptedException {
    blocked.incrementAndGet();
    released.await();
    return result;
  }

  private Object handle(TestDouble.Call call) throws InterruptedException {
    return switch (call.name()) {
      case "claim" -> block(Optional.empty());
      case "queue" -> block(NoticeQueue.EMPTY);
      case "addWebhookDeliveries" -> block(false);
      case "claimMails" -> block(List.of());
      // The first call precedes all other work.
      case "trim" -> trims.incrementAndGet() == 1 ? true : block(true);
      case "claimWebhooks" -> {
        webhookClaims.incrementAndGet();
        yield List.of();
      }
      default -> throw new IllegalStateException(call.toString());
    };
  }

  private static NoticeSender sender() {
    return TestDouble.of(NoticeSender.class, call -> null);
  }

  /** For example, the mail server is slow, and the other tasks have much to do after an outage. */
  @Test
  void otherTasksDelayNoWebhook() {
    ManualClock clock = new ManualClock();
    SecureRandom random = new SecureRandom();
    DailyNoticeJob daily =
        new DailyNoticeJob(
            TestDouble.of(DailyNoticeStore.class, this::handle),
            new ExpiryThresholds(List.of()),
            NoticeRouting.NONE,
            MailDirectory.NONE,
            Duration.ZERO,
            clock,
            new UuidGenerator(random));
    try (NoticeDispatcher running =
        NoticeDispatcher.start(
            TestDouble.of(DeliveryStore.class, this::handle),
            daily,
            List.of(new Endpoint("hook", "a1", Set.of(NoticeEvent.CREATED), sender())),
            sender(),
            Leases.DEFAULT,
            clock,
            random)) {
      await().until(() -> blocked.get() == 5);
      int before = webhookClaims.get();
      await().until(() -> webhookClaims.get() > before);
      released.countDown();
    }
  }
}
