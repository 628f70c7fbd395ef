package io.accesstokens.backstage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.audit.AuditEvent;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReaderTest {

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
    UUID token = UUID.randomUUID();
    SourceToken.Event row =
        new SourceToken.Event(
            UUID.randomUUID().toString(),
            token.toString(),
            "created",
            written,
            "{}",
            "2026-11-24T17:21:46.613Z");
    EventReader.Events read = new EventReader().read(token, List.of(row));
    assertEquals(
        List.of(actor), read.good().stream().map(AuditEvent::actor).toList(), read::toString);
  }
}
