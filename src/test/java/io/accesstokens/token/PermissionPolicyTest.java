package io.accesstokens.token;

import static io.accesstokens.token.Permissions.INTROSPECT;
import static io.accesstokens.token.Permissions.SERVICE_READ;
import static io.accesstokens.token.Permissions.SERVICE_REVOKE;
import static io.accesstokens.token.Permissions.SERVICE_WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.PermissionPolicy.Grantees;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PermissionPolicyTest {

  private static final EntityRef PLATFORM = group("platform");
  private static final EntityRef PAYMENTS = group("payments");
  private static final Reach NOWHERE = new Reach.Nowhere();
  private static final Reach EVERYWHERE = new Reach.Everywhere();
  private static final Reach OWN = new Reach.Groups(Set.of(PLATFORM));

  private final PermissionPolicy policy =
      new PermissionPolicy(
          new Grantees(Set.of(user("alice")), Set.of(group("admins")), Set.of("boss")),
          new Grantees(Set.of(user("bob")), Set.of(group("auditors")), Set.of("revision")),
          new Grantees(Set.of(user("gateway")), Set.of()));

  private static EntityRef group(String name) {
    return new EntityRef("group", "default", name);
  }

  private static EntityRef user(String name) {
    return new EntityRef("user", "default", name);
  }

  private static Actor person(String name, EntityRef... groups) {
    return new Actor.Person(user(name), Set.of(groups), null);
  }

  private static Actor inRoles(EntityRef group, String... roles) {
    return new Actor.Person(user("eve"), Set.of(group), Set.of(roles), null);
  }

  private static Actor token(String... scopes) {
    return new Actor.Token(
        new Verification.Accepted(
            new UUID(0, 1), "s", PLATFORM, List.of(scopes), Instant.parse("2027-01-01T00:00:00Z")),
        null);
  }

  private void reaches(Actor actor, Reach read, Reach write, Reach revoke) {
    assertEquals(read, policy.reachOf(actor, SERVICE_READ));
    assertEquals(write, policy.reachOf(actor, SERVICE_WRITE));
    assertEquals(revoke, policy.reachOf(actor, SERVICE_REVOKE));
  }

  @Test
  void truthTable() {
    reaches(person("alice"), EVERYWHERE, EVERYWHERE, EVERYWHERE);
    reaches(person("eve", group("admins")), EVERYWHERE, EVERYWHERE, EVERYWHERE);
    reaches(person("bob"), EVERYWHERE, NOWHERE, NOWHERE);
    reaches(person("bob", PLATFORM), EVERYWHERE, OWN, OWN);
    Reach auditors = new Reach.Groups(Set.of(group("auditors")));
    reaches(person("eve", group("auditors")), EVERYWHERE, auditors, auditors);
    reaches(person("carol", PLATFORM), OWN, OWN, OWN);
    reaches(person("dave"), NOWHERE, NOWHERE, NOWHERE);
    reaches(inRoles(PLATFORM, "boss"), EVERYWHERE, EVERYWHERE, EVERYWHERE);
    reaches(inRoles(PLATFORM, "revision", "x"), EVERYWHERE, OWN, OWN);
    reaches(inRoles(PLATFORM, SERVICE_REVOKE), OWN, OWN, EVERYWHERE);
    reaches(inRoles(PLATFORM, "Boss", "admins", "x"), OWN, OWN, OWN);
    // Refs are compared whole: another namespace or case is somebody else.
    reaches(person("Alice"), NOWHERE, NOWHERE, NOWHERE);
    reaches(token(), NOWHERE, NOWHERE, NOWHERE);
    reaches(token("catalog:read"), NOWHERE, NOWHERE, NOWHERE);
    reaches(token(SERVICE_READ), OWN, NOWHERE, NOWHERE);
    reaches(token(SERVICE_WRITE, SERVICE_REVOKE), NOWHERE, OWN, OWN);
  }

  @Test
  void aUnknownPermissionReachesNowhere() {
    assertEquals(NOWHERE, policy.reachOf(person("alice"), "access-tokens:nothing"));
    assertEquals(NOWHERE, policy.reachOf(person("alice"), Permissions.USER_READ));
  }

  @Test
  void whoMayIntrospectMayDoSoOnAllGroups() {
    for (Actor may :
        List.of(
            person("alice"),
            person("eve", group("admins")),
            person("gateway"),
            inRoles(PLATFORM, "boss"),
            inRoles(PLATFORM, INTROSPECT),
            token(INTROSPECT))) {
      assertEquals(EVERYWHERE, policy.reachOf(may, INTROSPECT));
      assertTrue(policy.permissionsOf(may).contains(INTROSPECT));
    }
    for (Actor mayNot :
        List.of(
            person("bob"),
            person("carol", PLATFORM),
            person("dave"),
            inRoles(PLATFORM, SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE),
            token(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE))) {
      assertEquals(NOWHERE, policy.reachOf(mayNot, INTROSPECT));
      assertFalse(policy.permissionsOf(mayNot).contains(INTROSPECT));
    }
    reaches(person("gateway"), NOWHERE, NOWHERE, NOWHERE);
  }

  @Test
  void theRolesThatMatterAreThoseOfTheRules() {
    assertEquals(
        Set.of("boss", "revision", SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE, INTROSPECT),
        policy.roles());
  }

  @Test
  void permissionsComeInAFixedOrder() {
    assertEquals(
        List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE),
        policy.permissionsOf(person("alice")).subList(0, 3));
    assertEquals(Permissions.USER, policy.permissionsOf(person("dave")));
    assertEquals(
        List.of(SERVICE_READ, SERVICE_REVOKE),
        policy.permissionsOf(token(SERVICE_REVOKE, "catalog:read", SERVICE_READ)));
  }

  @Test
  void aReachCoversItsGroups() {
    assertTrue(EVERYWHERE.covers(PAYMENTS) && OWN.covers(PLATFORM));
    assertFalse(NOWHERE.covers(PLATFORM) || OWN.covers(PAYMENTS));
    assertThrows(IllegalArgumentException.class, () -> new Reach.Groups(Set.of()));
  }
}
