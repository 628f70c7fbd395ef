package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.metrics.EventMetrics;
import io.accesstokens.login.SignInListener;
import io.accesstokens.session.Session;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditLoggerTest {

  private static final Verification.Refused MALFORMED =
      new Verification.Refused(Verification.Reason.MALFORMED, Optional.empty());

  private static final EntityRef DAVE = new EntityRef("user", "default", "dave");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ManualClock clock = new ManualClock();
  private final AuditLogger audit =
      new AuditLogger(
          new PermissionPolicy(
              new Grantees(Set.of(), Set.of()),
              new Grantees(Set.of(), Set.of()),
              new Grantees(Set.of(), Set.of())),
          clock,
          new EventMetrics(registry));

  private final Logger logger = Logger.getLogger(AuditLogger.LOGGER);
  private final List<JsonObject> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          lines.add(Json.createReader(new StringReader(entry.getMessage())).readObject());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  @Test
  void malformedTokensOfAnAddressAreOneLineAndOneCount() {
    for (int i = 0; i < 2_000; i++) {
      audit.refused(MALFORMED, ClientInfo.at("2001:db8::" + Integer.toHexString(i)));
    }
    assertEquals(1, lines.size());
    assertEquals("2001:db8::0", lines.get(0).getString("clientAddress"));
    clock.shift(Duration.ofMinutes(1));
    audit.reportEnded();
    assertEquals(2, lines.size());
    JsonObject counted = lines.get(1);
    assertEquals("refused", counted.getString("event"));
    assertEquals("malformed", counted.getString("reason"));
    assertEquals(1_999, counted.getInt("count"));
    assertEquals("2001:db8::/64", counted.getString("clientAddress"));
    assertEquals(counted.getString("since"), counted.getString("occurredAt"));
  }

  @Test
  void revokedTokenIsLoggedOneByOneUpToABoundAndThenCounted() {
    UUID id = UUID.randomUUID();
    Verification.Refused revoked =
        new Verification.Refused(Verification.Reason.REVOKED, Optional.of(id));
    for (int i = 0; i < 100; i++) {
      audit.refused(revoked, ClientInfo.at("192.0.2." + i));
    }
    assertEquals(60, lines.size());
    assertEquals(
        Set.of(id.toString()),
        lines.stream().map(line -> line.getString("tokenId")).collect(Collectors.toSet()));
    audit.close();
    assertEquals(40, lines.get(60).getInt("count"));
    assertEquals(id.toString(), lines.get(60).getString("tokenId"));
  }

  @Test
  void knownTokenIsLoggedDuringAFloodOfAnonymousCallers() {
    for (int i = 0; i < 5_000; i++) {
      audit.refused(MALFORMED, ClientInfo.at("10.0." + i / 250 + "." + i % 250));
    }
    lines.clear();
    UUID id = UUID.randomUUID();
    audit.refused(
        new Verification.Refused(Verification.Reason.EXPIRED, Optional.of(id)),
        ClientInfo.at("192.0.2.1"));
    audit.failed(
        Session.LoginMethod.PASSWORD, SignInListener.Reason.WRONG_CREDENTIALS, "erin", "192.0.2.1");
    assertEquals(2, lines.size());
    assertEquals("expired", lines.get(0).getString("reason"));
    assertEquals(id.toString(), lines.get(0).getString("tokenId"));
  }

  @Test
  void endOfSessionsNamesTheAdministratorAndTheUser() {
    Actor alice =
        new Actor.Person(new EntityRef("user", "default", "alice"), Set.of(), "192.0.2.1");
    audit.sessionsEnded(new EntityRef("user", "default", "bob"), alice);
    JsonObject line = lines.get(0);
    assertEquals("sessions-ended", line.getString("event"));
    assertEquals("user:default/alice", line.getString("actor"));
    assertEquals("user:default/bob", line.getString("user"));
    assertEquals("192.0.2.1", line.getString("clientAddress"));
  }

  @Test
  void readsOfTheAuditLogAreLoggedOneByOneUpToABoundAndThenCounted() {
    Actor bob = new Actor.Person(new EntityRef("user", "default", "bob"), Set.of(), "192.0.2.1");
    String route = "/api/access-tokens/service/audit/export";
    for (int i = 0; i < AuditLogger.KNOWN_LINES + 5; i++) {
      audit.auditLogRead(bob, route, null);
    }
    audit.close();
    assertEquals(AuditLogger.KNOWN_LINES + 1, lines.size());
    JsonObject first = lines.get(0);
    assertEquals("audit-log-read", first.getString("event"));
    assertEquals("user:default/bob", first.getString("actor"));
    assertEquals(route, first.getString("route"));
    assertEquals("192.0.2.1", first.getString("clientAddress"));
    JsonObject last = lines.get(AuditLogger.KNOWN_LINES);
    assertEquals(5, last.getInt("count"));
    assertEquals(route, last.getString("route"));
    assertEquals("user:default/bob", last.getString("actor"));
  }

  @Test
  void manyReadsOfOneTokenHideNoReadOfAnotherToken() {
    Actor bob = new Actor.Person(new EntityRef("user", "default", "bob"), Set.of(), "192.0.2.1");
    String route = "/api/access-tokens/service/{id}/audit";
    UUID harmless = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    for (int i = 0; i < AuditLogger.KNOWN_LINES + 5; i++) {
      audit.auditLogRead(bob, route, harmless);
    }
    audit.auditLogRead(bob, route, other);
    assertEquals(AuditLogger.KNOWN_LINES + 1, lines.size());
    JsonObject read = lines.get(AuditLogger.KNOWN_LINES);
    assertEquals(other.toString(), read.getString("tokenId"));
    assertEquals("user:default/bob", read.getString("actor"));
    audit.close();
    JsonObject counted = lines.get(AuditLogger.KNOWN_LINES + 1);
    assertEquals(5, counted.getInt("count"));
    assertEquals(harmless.toString(), counted.getString("tokenId"));
    assertEquals("user:default/bob", counted.getString("actor"));
    assertEquals(AuditLogger.KNOWN_LINES + 2, lines.size());
  }

  @Test
  void scopesOfARequestAreOneKindAndAreTruncated() {
    Actor dave = new Actor.Person(DAVE, Set.of(), "192.0.2.1");
    for (int i = 0; i < 1_000; i++) {
      audit.denied(dave, "scope" + i + "x".repeat(2_000), "token-scopes");
    }
    assertEquals(60, lines.size());
    assertTrue(lines.get(0).getString("permission").length() < 300, lines.get(0)::toString);
    audit.denied(dave, Permissions.SERVICE_READ, "no-grant");
    assertEquals(61, lines.size(), "permissions of this service are kinds of their own");
    audit.close();
    assertEquals(940, lines.get(61).getInt("count"));
    assertEquals("user:default/dave", lines.get(61).getString("actor"));
    assertFalse(lines.get(61).toString().contains("xxx"), lines.get(61).toString());
  }

  private static Verification.Accepted accepted(EntityRef owner) {
    return new Verification.Accepted(
        UUID.randomUUID(), owner.toString(), owner, List.of(), Instant.MAX);
  }

  @Test
  void deniedActorIsLoggedWithItsToken() {
    Verification.Accepted personal = accepted(DAVE);
    Verification.Accepted service = accepted(new EntityRef("group", "default", "platform"));
    audit.denied(
        new Actor.Delegate(new Actor.Person(DAVE, Set.of(), null), personal),
        Permissions.SERVICE_READ,
        "token-scopes");
    audit.denied(new Actor.Token(service, null), Permissions.SERVICE_READ, "token-scopes");
    audit.denied(new Actor.Person(DAVE, Set.of(), null), Permissions.SERVICE_READ, "no-grant");
    assertEquals(personal.tokenId().toString(), lines.get(0).getString("personalTokenId"));
    assertFalse(lines.get(0).containsKey("tokenId"), lines.get(0)::toString);
    assertEquals(service.tokenId().toString(), lines.get(1).getString("tokenId"));
    assertFalse(lines.get(2).containsKey("personalTokenId"), lines.get(2)::toString);
  }

  @Test
  void requestsBeyondTheRateOfATokenAreOnlyCounted() {
    audit.rateExceeded(accepted(DAVE), ClientInfo.UNKNOWN);
    assertEquals(List.of(), lines);
    assertEquals(
        1,
        registry
            .get("access.tokens.rate.limited")
            .tag("limit", "token_requests")
            .counter()
            .count());
  }

  @Test
  void eachEventIsInTheReference() throws IOException {
    String reference = Files.readString(Path.of("src/docs/rest-reference.md"));
    String logger = reference.substring(reference.indexOf("## The logger `audit`"));
    for (AuditLogger.Event event : AuditLogger.Event.values()) {
      assertTrue(logger.contains('`' + event.text() + '`'), event::text);
    }
    for (AuditEvent.Type type : AuditEvent.Type.values()) {
      assertTrue(reference.contains('`' + type.text() + '`'), type::text);
    }
  }

  @Test
  void unknownNamesOfAnAddressAreCounted() {
    for (int i = 0; i < 10; i++) {
      audit.failed(
          Session.LoginMethod.PASSWORD, SignInListener.Reason.WRONG_CREDENTIALS, null, null);
    }
    audit.close();
    assertEquals(2, lines.size());
    assertEquals(9, lines.get(1).getInt("count"));
    assertFalse(lines.get(1).containsKey("clientAddress"), lines.get(1).toString());
  }
}
