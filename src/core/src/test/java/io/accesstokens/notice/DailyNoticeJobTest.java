package io.accesstokens.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DailyNoticeJobTest {

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final AtomicInteger completed = new AtomicInteger();

  /** A store with one notice, which has no mail deliveries yet. */
  private Object handle(TestDouble.Call call) {
    return switch (call.name()) {
      case "claim" -> Optional.of(UUID.randomUUID());
      case "withoutMailDeliveries" -> List.of(notice());
      case "expiring" -> List.of();
      case "newKeys" -> Set.of();
      case "extend", "addMailDeliveries", "release" -> true;
      case "complete" -> completed.incrementAndGet() > 0;
      default -> throw new IllegalStateException(call.toString());
    };
  }

  private Notice notice() {
    Instant now = clock.instant();
    NoticeToken token =
        new NoticeToken(
            RawToken.Kind.SERVICE,
            UUID.randomUUID(),
            "ci",
            "bsat_abcdefg",
            EntityRef.parseGroup("platform").orElseThrow(),
            now,
            now.plus(Duration.ofDays(7)));
    return new Notice(
        UUID.randomUUID(), "key", NoticeEvent.ROTATED, null, token, "user:default/a", null, now);
  }

  private DailyNoticeJob job(NoticeRouting routing, MailDirectory directory) {
    return new DailyNoticeJob(
        TestDouble.of(DailyNoticeStore.class, this::handle),
        new ExpiryThresholds(List.of()),
        routing,
        directory,
        Duration.ZERO,
        clock,
        new UuidGenerator(new SecureRandom()));
  }

  /** The notice was written before the mail server was removed from the settings. */
  @Test
  void noticeThatMailsNoLongerReportCausesNoWarning() {
    try (RecordedLog log = new RecordedLog(DailyNoticeJob.class)) {
      job(NoticeRouting.NONE, MailDirectory.NONE).run(DutyCycle.CONTINUOUS);
      assertEquals(List.of("INFO wrote the notices about expiry for 2026-03-01"), log.lines());
    }
  }

  @Test
  void fastClockDoesNotExtendTheWaitForTheDirectory() {
    MailDirectory down =
        new MailDirectory() {
          @Override
          public Optional<String> addressOf(EntityRef owner) {
            throw new DirectoryUnavailableException("down", null);
          }

          @Override
          public Set<EntityRef> membersOf(EntityRef group) {
            return Set.of();
          }
        };
    DailyNoticeJob job = job(new NoticeRouting(Set.of(), true), down);
    clock.shift(Duration.ofHours(8));
    job.run(DutyCycle.CONTINUOUS);
    clock.shift(Duration.ofHours(-8));
    job.run(DutyCycle.CONTINUOUS);
    assertEquals(0, completed.get(), "the job waits for the directory");
    clock.shift(DailyNoticeJob.DIRECTORY_WAIT);
    job.run(DutyCycle.CONTINUOUS);
    assertEquals(1, completed.get(), "the job has waited long enough");
  }
}
