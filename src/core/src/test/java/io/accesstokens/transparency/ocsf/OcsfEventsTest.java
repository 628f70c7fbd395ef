package io.accesstokens.transparency.ocsf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.verify.EntityRef;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OcsfEventsTest {

  private static final String EVENT = "0192f0c1-0000-7000-8000-000000000001";
  private static final String TOKEN = "0192f0c1-0000-7000-8000-000000000002";
  private static final String GROUP = "group:default/payments";
  private static final String ALICE = "user:default/alice";
  private static final String SERVICE_TOKEN = "service-token:group:default/payments:deploy";
  private static final String AT = "2026-11-27T20:00:00.123Z";

  /** Metadata with all keys that an event of any type can have. */
  private static final Map<String, String> METADATA =
      Map.ofEntries(
          Map.entry(AuditEvent.REASON, "left the team"),
          Map.entry(AuditEvent.SOURCE, "backstage"),
          Map.entry(AuditEvent.CHANGE, "added"),
          Map.entry(AuditEvent.FIELDS, "scopes"),
          Map.entry("scopes" + AuditEvent.OLD, "a"),
          Map.entry("scopes" + AuditEvent.NEW, "a b"),
          Map.entry(AuditEvent.GRACE_SECONDS, "600"),
          Map.entry(AuditEvent.PREVIOUS_PREFIX, "bsat_abcdefg"),
          Map.entry(AuditEvent.PREVIOUS_EXPIRES_AT, AT),
          Map.entry(AuditEvent.END_ON_FIRST_USE, "true"),
          Map.entry(AuditEvent.RETRY, "true"),
          Map.entry(AuditEvent.REPLACED_PREFIX, "bsat_abcdefg"),
          Map.entry(AuditEvent.BY, "time"),
          Map.entry(AuditEvent.TOKEN_PREFIX, "bsat_abcdefg"),
          Map.entry(AuditEvent.ADDRESS, "2001:db8::17"),
          Map.entry("jti", EVENT),
          Map.entry("scope", "a b"));

  private static final OcsfSchema SCHEMA = new OcsfSchema();

  private static LogEntry entry(
      String kind,
      @Nullable String owner,
      String event,
      String actor,
      Map<String, String> metadata) {
    return new LogEntry(EVENT, TOKEN, kind, owner, event, actor, metadata, AT, 4_711);
  }

  private void check(JsonObject event) {
    assertEquals(List.of(), SCHEMA.errors(event), event::toString);
  }

  @ParameterizedTest
  @EnumSource(AuditEvent.Type.class)
  void eventsOfEachTypeConformToTheSchema(AuditEvent.Type type) {
    List<String> actors =
        List.of(ALICE, SERVICE_TOKEN, AuditEvent.SYSTEM, "command:import-backstage", "?");
    for (Map<String, String> metadata : List.of(METADATA, Map.<String, String>of())) {
      for (String actor : actors) {
        for (String owner : List.of(GROUP, "")) {
          String group = owner.isEmpty() ? null : owner;
          String user = owner.isEmpty() ? null : ALICE;
          check(OcsfEvents.of(entry(LogEntry.SERVICE, group, type.text(), actor, metadata)));
          check(OcsfEvents.of(entry(LogEntry.PERSONAL, user, type.text(), actor, metadata)));
          check(
              OcsfEvents.of(
                  exported(type, actor, metadata, group, null), AuditLogFilter.Kind.SERVICE));
          check(
              OcsfEvents.of(
                  exported(type, actor, metadata, group, 4_711L), AuditLogFilter.Kind.SERVICE));
        }
      }
    }
  }

  private static AuditLogEntry exported(
      AuditEvent.Type type,
      String actor,
      Map<String, String> metadata,
      @Nullable String group,
      @Nullable Long logIndex) {
    return new AuditLogEntry(
        new AuditEvent(
            UUID.fromString(EVENT),
            UUID.fromString(TOKEN),
            type,
            actor,
            metadata,
            Instant.parse(AT),
            logIndex),
        1,
        group == null ? null : "deploy",
        group == null ? null : "bsat_abcdefg",
        group == null ? null : EntityRef.parseGroup(group).orElseThrow());
  }

  @Test
  void eachTypeHasItsClassAndActivity() {
    List<String> seen = new ArrayList<>();
    for (AuditEvent.Type type : AuditEvent.Type.values()) {
      seen.add(type.text() + ' ' + typeName(type, Map.of()));
    }
    seen.add(
        "imported revoked "
            + typeName(AuditEvent.Type.IMPORTED, Map.of(AuditEvent.CHANGE, "revoked")));
    assertEquals(
        List.of(
            "created Entity Management: Create",
            "minted Entity Management: Create",
            "exchanged Authentication: Logon",
            "updated Entity Management: Update",
            "rotated Entity Management: Update",
            "previous-secret-ended Entity Management: Update",
            "ended-secret-used Authentication: Logon",
            "revoked Entity Management: Disable",
            "imported Entity Management: Create",
            "imported revoked Entity Management: Disable"),
        seen);
  }

  private static String typeName(AuditEvent.Type type, Map<String, String> metadata) {
    return OcsfEvents.of(entry(LogEntry.SERVICE, GROUP, type.text(), ALICE, metadata))
        .getString("type_name");
  }

  @Test
  void revocationHasTheFactsOfItsEntry() {
    JsonObject event =
        OcsfEvents.of(
            entry(
                LogEntry.SERVICE,
                GROUP,
                "revoked",
                ALICE,
                Map.of(AuditEvent.REASON, "left the team", "further", "fact")));
    assertEquals(
        Json.createObjectBuilder()
            .add("category_uid", 3)
            .add("category_name", "Identity & Access Management")
            .add("class_uid", 3004)
            .add("class_name", "Entity Management")
            .add("activity_id", 9)
            .add("activity_name", "Disable")
            .add("type_uid", 300_409)
            .add("type_name", "Entity Management: Disable")
            .add("time", Instant.parse(AT).toEpochMilli())
            .add("severity_id", 1)
            .add("severity", "Informational")
            .add("status_id", 1)
            .add("status", "Success")
            .add("message", "Service Token: revoked")
            .add(
                "metadata",
                Json.createObjectBuilder()
                    .add("version", "1.8.0")
                    .add(
                        "product",
                        Json.createObjectBuilder()
                            .add("name", "access-tokens")
                            .add("vendor_name", "access-tokens"))
                    .add("uid", EVENT)
                    .add("event_code", "revoked")
                    .add("sequence", 4_711))
            .add(
                "actor",
                Json.createObjectBuilder()
                    .add(
                        "user",
                        Json.createObjectBuilder()
                            .add("uid", ALICE)
                            .add("name", "alice")
                            .add("type_id", 1)
                            .add("type", "User")))
            .add(
                "entity",
                Json.createObjectBuilder()
                    .add("uid", TOKEN)
                    .add("type_id", 99)
                    .add("type", "Service Token")
                    .add("data", Json.createObjectBuilder().add("owner", GROUP)))
            .add("comment", "left the team")
            .add("unmapped", Json.createObjectBuilder().add("further", "fact"))
            .build(),
        event);
  }

  @Test
  void useOfAnEndedSecretIsAFailedLogonOfTheToken() {
    JsonObject event =
        OcsfEvents.of(entry(LogEntry.SERVICE, GROUP, "ended-secret-used", SERVICE_TOKEN, METADATA));
    assertEquals("Failure", event.getString("status"));
    assertEquals("Medium", event.getString("severity"));
    assertEquals("2001:db8::17", event.getJsonObject("src_endpoint").getString("ip"));
    JsonObject user = event.getJsonObject("user");
    assertEquals("deploy", user.getString("name"));
    assertEquals(
        TOKEN, user.getJsonArray("programmatic_credentials").getJsonObject(0).getString("uid"));
    assertFalse(event.getJsonObject("unmapped").containsKey(AuditEvent.ADDRESS), event::toString);
  }

  @Test
  void archiveIsAMoveOfTheAuditLog() {
    Map<String, String> metadata =
        new LogArchive(0, 256, MerkleHash.ofLeaf(new byte[0]), Instant.parse(AT), "erin", 4_711)
            .metadata();
    JsonObject event =
        OcsfEvents.of(
            new LogEntry(
                EVENT,
                LogArchive.NO_TOKEN,
                LogArchive.KIND,
                null,
                LogArchive.EVENT,
                AuditEvent.SYSTEM,
                metadata,
                AT,
                4_711));
    check(event);
    assertEquals("Entity Management: Move", event.getString("type_name"));
    assertEquals("Audit Log", event.getJsonObject("entity").getString("type"));
    assertEquals("Audit Log: archived", event.getString("message"));
    assertEquals("256", event.getJsonObject("unmapped").getString("end"));
    JsonObject other =
        OcsfEvents.of(entry(LogEntry.SERVICE, GROUP, LogArchive.EVENT, ALICE, metadata));
    assertEquals("Entity Management: archived", other.getString("type_name"), "of a token");
  }

  @Test
  void damagedEventIsConverted() {
    JsonObject event =
        OcsfEvents.of(
            entry(
                LogEntry.PERSONAL,
                "\u0000",
                "no such event",
                "",
                Map.of(AuditEvent.ADDRESS, "not an address", LogEntry.METADATA_HASH, "x")));
    check(event);
    assertEquals("no such event", event.getString("activity_name"));
    assertEquals("not an address", event.getJsonObject("unmapped").getString(AuditEvent.ADDRESS));
    LogEntry noTime =
        new LogEntry(EVENT, TOKEN, LogEntry.SERVICE, null, "created", ALICE, Map.of(), "now", 1);
    assertEquals(
        "the entry 1 has no valid time",
        assertThrows(IllegalArgumentException.class, () -> OcsfEvents.of(noTime)).getMessage());
  }

  @Test
  void schemaTestFindsErrors() {
    JsonObject good = OcsfEvents.of(entry(LogEntry.SERVICE, GROUP, "created", ALICE, Map.of()));
    JsonObject bad =
        Json.createObjectBuilder(good)
            .add("status_id", 7)
            .add("activity_name", "Delete")
            .add("time", "now")
            .add("extra", 1)
            .add("actor", Json.createObjectBuilder())
            .remove("entity")
            .remove("severity_id")
            .build();
    List<String> errors = SCHEMA.errors(bad);
    assertTrue(errors.size() >= 6, errors::toString);
    assertTrue(errors.contains("entity is required"), errors::toString);
    assertTrue(errors.contains("severity_id is required"), errors::toString);
    assertTrue(errors.contains("extra is unknown"), errors::toString);
    assertTrue(errors.contains("status_id must not be 7"), errors::toString);
  }
}
