package io.accesstokens.backstage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.audit.AuditEvent;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReaderTest {

  private static final UUID EVENT = UUID.fromString("0b4dc6c0-b186-422d-9d6a-d6dd9a6a6b1f");
  private static final Instant NOW = Instant.parse("2026-11-24T17:21:46Z");

  /** Filters by actor compare with the canonical ref. */
  @ParameterizedTest
  @CsvSource({
    "User:Default/Alice,user:default/alice",
    "user:alice,user:default/alice",
    "Alice,Alice",
    "' Jane Doe ',Jane Doe",
    "plugin:Rotator,plugin:Rotator"
  })
  void refOfAnActorIsCanonical(String written, String actor) {
    EventReader.Events read = read(written, NOW);
    assertEquals(
        List.of(actor), read.good().stream().map(AuditEvent::actor).toList(), read::toString);
  }

  /** A clock that differs by some minutes is tolerated. */
  @Test
  void eventInTheFutureIsRefused() {
    assertEquals(List.of(), read("alice", NOW.plusSeconds(300)).refused());
    EventReader.Events read = read("alice", NOW.plusSeconds(301));
    assertEquals(List.of(), read.good());
    assertEquals(
        List.of("audit event " + EVENT + " is in the future (2026-11-24T17:26:47Z)"),
        read.refused());
  }

  private static EventReader.Events read(String actor, Instant occurredAt) {
    UUID token = UUID.randomUUID();
    SourceToken.Event row =
        new SourceToken.Event(
            EVENT.toString(), token.toString(), "created", actor, "{}", occurredAt.toString());
    return new EventReader(NOW).read(token, List.of(row));
  }
}
