package io.accesstokens.token.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.Actor;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPosition;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenReportsTest {

  private static final int EVENTS = 1_200;

  private final List<Long> consumed = new ArrayList<>();

  /** The number of events that were consumed before each read of the store. */
  private final List<Integer> consumedBefore = new ArrayList<>();

  private int read;

  private TokenReports reports(int metadataChars) {
    ReportStore events =
        stub(
            ReportStore.class,
            "entries",
            query -> {
              consumedBefore.add(consumed.size());
              List<AuditLogEntry> page = page((AuditLogQuery) query, metadataChars);
              read += page.size();
              return page;
            });
    return new TokenReports(
        stub(TokenStore.class, "reports", ignored -> events),
        new PermissionCheck(
            new PermissionPolicy(PermissionPolicy.Grantees.NONE, PermissionPolicy.Grantees.NONE),
            AuditListener.NONE),
        UserDirectory.UNLISTED,
        Clock.systemUTC());
  }

  private interface Method {
    Object call(Object argument);
  }

  private static <T> T stub(Class<T> type, String name, Method only) {
    return TestDouble.of(
        type,
        call -> {
          assertEquals(name, call.name());
          return only.call(call.argumentCount() == 0 ? name : call.argument(0));
        });
  }

  private static List<AuditLogEntry> page(AuditLogQuery query, int metadataChars) {
    long newest = query.after().map(AuditLogPosition::number).orElse((long) EVENTS);
    return IntStream.range(0, (int) Math.min(query.limit(), newest))
        .mapToObj(i -> entry(newest - 1 - i, metadataChars))
        .toList();
  }

  private static AuditLogEntry entry(long number, int metadataChars) {
    AuditEvent event =
        new AuditEvent(
            new UUID(1, number),
            new UUID(2, 2),
            AuditEvent.Type.UPDATED,
            "user:default/ada",
            Map.of("description.new", "d".repeat(metadataChars)),
            Instant.EPOCH);
    return new AuditLogEntry(event, number, null, null, null);
  }

  private void consumeAll(int metadataChars) {
    Actor.Person ada =
        new Actor.Person(
            new EntityRef(EntityRef.USER, "default", "ada"),
            Set.of(new EntityRef(EntityRef.GROUP, "default", "team")),
            null);
    reports(metadataChars)
        .events(ada, AuditLogFilter.NONE)
        .forEach(entry -> consumed.add(entry.number()));
    assertEquals(
        IntStream.range(0, EVENTS).mapToObj(i -> EVENTS - 1L - i).toList(),
        consumed,
        "each event once, the newest first");
  }

  @Test
  void fewLargeEventsAreHeldInMemory() {
    int chars = 10_000;
    consumeAll(chars);
    int most = TokenReports.Events.MAX_HELD_BYTES / (Character.BYTES * chars) + 1;
    for (int i = 1; i < consumedBefore.size(); i++) {
      int held = consumedBefore.get(i) - consumedBefore.get(i - 1);
      assertTrue(held <= most, () -> held + " events were held: " + consumedBefore);
    }
    assertTrue(read < 3 * EVENTS, () -> read + " events were read");
  }

  @Test
  void smallEventsAreReadInFewQueries() {
    consumeAll(100);
    assertEquals(List.of(0, 500, 1_000), consumedBefore);
  }
}
