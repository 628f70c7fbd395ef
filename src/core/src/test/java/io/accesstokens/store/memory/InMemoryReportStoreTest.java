package io.accesstokens.store.memory;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class InMemoryReportStoreTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static final AuditLogFilter PERSONAL =
      new AuditLogFilter(
          AuditLogFilter.Kind.PERSONAL,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private static final AuditLogQuery QUERY = new AuditLogQuery(PERSONAL, Optional.empty(), 0, 10);

  @Test
  void pageOfPersonalEventsIsNotReadDuringAChange() throws InterruptedException {
    assertWaits(reports -> reports.auditLog(QUERY));
  }

  @Test
  void personalEventsAreNotReadDuringAChange() throws InterruptedException {
    assertWaits(reports -> reports.entries(QUERY));
  }

  @Test
  void personalEventsAreNotCountedDuringAChange() throws InterruptedException {
    assertWaits(reports -> reports.eventCounts(PERSONAL, Set.of(AuditEvent.Type.MINTED)));
  }

  /** Asserts that a read waits for the end of a change of a personal token. */
  private static void assertWaits(Consumer<ReportStore> read) throws InterruptedException {
    try (InMemoryTokenStore store = new InMemoryTokenStore()) {
      PersonalTokenStore personal = store.personal().orElseThrow();
      PersonalToken token = create(personal);
      Thread reader = new Thread(() -> read.accept(store.reports()));
      var unused =
          personal.changeSecrets(
              token.id(),
              null,
              state -> {
                reader.start();
                Set<Thread.State> ends = Set.of(Thread.State.WAITING, Thread.State.TERMINATED);
                await().until(() -> ends.contains(reader.getState()));
                assertEquals(Thread.State.WAITING, reader.getState());
                return SecretsChange.none(state.token());
              });
      reader.join();
    }
  }

  private static PersonalToken create(PersonalTokenStore personal) {
    EntityRef owner = EntityRef.parseUser("dave").orElseThrow();
    PersonalToken token =
        new PersonalToken(
            UUID.randomUUID(),
            "laptop",
            "bpat_abcdefg",
            owner,
            List.of(),
            NOW,
            NOW.plus(Duration.ofDays(30)),
            null,
            null,
            null);
    AuditEvent minted =
        new AuditEvent(
            UUID.randomUUID(), token.id(), AuditEvent.Type.MINTED, owner.toString(), Map.of(), NOW);
    personal.create(token, TokenDigest.of(new byte[TokenDigest.LENGTH]), minted, 1);
    return token;
  }
}
