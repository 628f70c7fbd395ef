package io.accesstokens.token.policy;

import static io.accesstokens.token.Permissions.INTROSPECT;
import static io.accesstokens.token.Permissions.LOG_READ;
import static io.accesstokens.token.Permissions.METRICS_READ;
import static io.accesstokens.token.Permissions.SERVICE_READ;
import static io.accesstokens.token.Permissions.SERVICE_REVOKE;
import static io.accesstokens.token.Permissions.SERVICE_WRITE;
import static io.accesstokens.token.Permissions.USER_ADMIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the full permission table: who has which permission on which group, and by which rule. */
class PermissionPolicyTest {

  private static final List<String> GROUPS = List.of("platform", "payments", "guests");
  private static final EntityRef PLATFORM = group("platform");
  private static final EntityRef PAYMENTS = group("payments");
  private static final PermissionScope NOWHERE = new PermissionScope.Nowhere();
  private static final PermissionScope EVERYWHERE = new PermissionScope.Everywhere();

  /** The policy of the sample users. */
  private static final PermissionPolicy SAMPLE =
      new PermissionPolicy(users("alice"), users("bob"), users("gateway"));

  private static EntityRef group(String name) {
    return new EntityRef("group", "default", name);
  }

  private static EntityRef user(String name) {
    return new EntityRef("user", "default", name);
  }

  private static Grantees users(String name) {
    return new Grantees(Set.of(user(name)), Set.of());
  }

  private static Actor.Person person(String name, EntityRef... groups) {
    return new Actor.Person(user(name), Set.of(groups), null);
  }

  @Test
  void policyWithoutPersonalTokensKeepsAllOtherPermissions() {
    PermissionPolicy without = SAMPLE.withoutPersonalTokens();
    for (Actor.Person person : List.of(sample("alice"), sample("carol"), sample("dave"))) {
      for (String permission : Permissions.ALL) {
        assertEquals(
            permission.startsWith("access-tokens:user:")
                ? NOWHERE
                : SAMPLE.groupsOf(person, permission),
            without.groupsOf(person, permission),
            person.getName() + " " + permission);
      }
    }
  }

  /** Returns one of the four sample users. */
  private static Actor.Person sample(String name) {
    return name.equals("carol") ? person(name, PLATFORM) : person(name);
  }

  private static Actor.Person inRoles(EntityRef group, String... roles) {
    return new Actor.Person(user("eve"), Set.of(group), Set.of(roles), null);
  }

  private static Actor token(String... scopes) {
    return new Actor.Token(
        new Verification.Accepted(
            new UUID(0, 1), "s", PLATFORM, List.of(scopes), Instant.parse("2027-01-01T00:00:00Z")),
        null);
  }

  /**
   * Returns {@code permission | platform payments guests | rules}, one line for each permission.
   */
  private static String table(PermissionPolicy policy, Actor actor) {
    List<String> lines = new ArrayList<>();
    for (String permission : Permissions.ALL) {
      Decision decision = policy.decide(actor, permission);
      List<String> cells = new ArrayList<>();
      Set<String> rules = new TreeSet<>();
      for (String name : GROUPS) {
        cells.add(decision.allowedOn(group(name)) ? "yes" : "no");
        rules.add(decision.ruleOn(group(name)));
      }
      assertEquals(
          decision.allowed(),
          !(decision.groups() instanceof PermissionScope.Nowhere),
          "" + decision);
      lines.add(
          permission.substring(Permissions.PREFIX.length())
              + " | "
              + String.join(" ", cells)
              + " | "
              + String.join(" / ", rules));
    }
    return String.join("\n", lines);
  }

  @Test
  void administratorHasAllPermissionsOnAllGroups() {
    assertEquals(
        """
        service:read | yes yes yes | service.admin
        service:write | yes yes yes | service.admin
        service:revoke | yes yes yes | service.admin
        introspect | yes yes yes | service.admin
        metrics:read | yes yes yes | service.admin
        log:read | yes yes yes | service.admin
        user:read | yes yes yes | personal-tokens
        user:write | yes yes yes | personal-tokens
        user:revoke | yes yes yes | personal-tokens
        user:admin | yes yes yes | service.admin\
        """,
        table(SAMPLE, sample("alice")));
  }

  @Test
  void auditorReadsAllServiceTokens() {
    assertEquals(
        """
        service:read | yes yes yes | service.auditor
        service:write | no no no | no-grant
        service:revoke | no no no | no-grant
        introspect | no no no | no-grant
        metrics:read | yes yes yes | service.auditor
        log:read | yes yes yes | service.auditor
        user:read | yes yes yes | personal-tokens
        user:write | yes yes yes | personal-tokens
        user:revoke | yes yes yes | personal-tokens
        user:admin | no no no | no-grant\
        """,
        table(SAMPLE, sample("bob")));
  }

  @Test
  void groupMemberManagesTokensOfOwnGroup() {
    assertEquals(
        """
        service:read | yes no no | own-groups
        service:write | yes no no | own-groups
        service:revoke | yes no no | own-groups
        introspect | no no no | no-grant
        metrics:read | no no no | no-grant
        log:read | no no no | no-grant
        user:read | yes yes yes | personal-tokens
        user:write | yes yes yes | personal-tokens
        user:revoke | yes yes yes | personal-tokens
        user:admin | no no no | no-grant\
        """,
        table(SAMPLE, sample("carol")));
  }

  @Test
  void userWithoutGroupsManagesOnlyPersonalTokens() {
    assertEquals(
        """
        service:read | no no no | no-grant
        service:write | no no no | no-grant
        service:revoke | no no no | no-grant
        introspect | no no no | no-grant
        metrics:read | no no no | no-grant
        log:read | no no no | no-grant
        user:read | yes yes yes | personal-tokens
        user:write | yes yes yes | personal-tokens
        user:revoke | yes yes yes | personal-tokens
        user:admin | no no no | no-grant\
        """,
        table(SAMPLE, sample("dave")));
  }

  /** Tests every set of permissions that a token can have as scopes. */
  @Test
  void serviceTokenHasItsScopesOnItsGroup() {
    List<String> scopes =
        Stream.concat(Permissions.ALL.stream(), Stream.of("catalog:read")).toList();
    for (int set = 0; set < 1 << scopes.size(); set++) {
      List<String> held = new ArrayList<>();
      for (int i = 0; i < scopes.size(); i++) {
        if ((set & 1 << i) != 0) {
          held.add(scopes.get(i));
        }
      }
      Actor token = token(held.toArray(String[]::new));
      for (String permission : Permissions.ALL) {
        Decision decision = SAMPLE.decide(token, permission);
        PermissionScope expected =
            !held.contains(permission) || permission.startsWith("access-tokens:user:")
                ? NOWHERE
                : List.of(INTROSPECT, METRICS_READ, LOG_READ).contains(permission)
                    ? EVERYWHERE
                    : new PermissionScope.Groups(Set.of(PLATFORM));
        assertEquals(expected, decision.groups(), held + " " + permission);
        assertEquals("token-scopes", decision.rule(), held + " " + permission);
        assertEquals("token-scopes", decision.ruleOn(PAYMENTS), held + " " + permission);
      }
    }
  }

  @Test
  void tokenWithEveryScopeHasNoUserPermissions() {
    assertEquals(
        """
        service:read | yes no no | token-scopes
        service:write | yes no no | token-scopes
        service:revoke | yes no no | token-scopes
        introspect | yes yes yes | token-scopes
        metrics:read | yes yes yes | token-scopes
        log:read | yes yes yes | token-scopes
        user:read | no no no | token-scopes
        user:write | no no no | token-scopes
        user:revoke | no no no | token-scopes
        user:admin | no no no | token-scopes\
        """,
        table(SAMPLE, token(Permissions.ALL.toArray(String[]::new))));
  }

  @Test
  void granteesMatchByUserGroupOrRole() {
    PermissionPolicy policy =
        new PermissionPolicy(
            new Grantees(Set.of(user("alice")), Set.of(group("admins")), Set.of("boss")),
            new Grantees(Set.of(), Set.of(group("auditors")), Set.of("revision")));
    for (Actor admin :
        List.of(person("alice"), person("eve", group("admins")), inRoles(PLATFORM, "boss"))) {
      assertEquals(EVERYWHERE, policy.groupsOf(admin, SERVICE_WRITE));
      assertEquals(EVERYWHERE, policy.groupsOf(admin, USER_ADMIN));
    }
    for (Actor auditor : List.of(person("eve", group("auditors")), inRoles(PLATFORM, "revision"))) {
      assertEquals(EVERYWHERE, policy.groupsOf(auditor, SERVICE_READ));
      PermissionScope write = policy.groupsOf(auditor, SERVICE_WRITE);
      assertFalse(write.covers(PAYMENTS), () -> auditor + " can write on " + write);
    }
    // Refs are not case-sensitive; roles are.
    assertEquals(EVERYWHERE, policy.groupsOf(person("Alice"), SERVICE_READ));
    assertEquals(
        new PermissionScope.Groups(Set.of(PLATFORM)),
        policy.groupsOf(inRoles(PLATFORM, "Boss", "admins"), SERVICE_READ));
  }

  @Test
  void roleNamedLikeAPermissionGrantsIt() {
    for (String permission :
        List.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE, INTROSPECT, METRICS_READ, LOG_READ)) {
      Decision decision = SAMPLE.decide(inRoles(PLATFORM, permission), permission);
      assertEquals(EVERYWHERE, decision.groups());
      assertEquals("permission-roles", decision.ruleOn(PAYMENTS));
    }
    assertEquals(NOWHERE, SAMPLE.groupsOf(inRoles(PLATFORM, USER_ADMIN), USER_ADMIN));
    assertEquals(
        Set.of(SERVICE_READ, SERVICE_WRITE, SERVICE_REVOKE, INTROSPECT, METRICS_READ, LOG_READ),
        SAMPLE.roles());
  }

  @Test
  void rulesAreCombinedAndAllReported() {
    Decision read = SAMPLE.decide(person("bob", PLATFORM), SERVICE_READ);
    assertEquals(EVERYWHERE, read.groups());
    assertEquals("service.auditor, own-groups", read.rule());
    assertEquals("service.auditor, own-groups", read.ruleOn(PLATFORM));
    assertEquals("service.auditor", read.ruleOn(PAYMENTS));
    Decision write = SAMPLE.decide(person("bob", PLATFORM), SERVICE_WRITE);
    assertEquals(new PermissionScope.Groups(Set.of(PLATFORM)), write.groups());
    assertEquals("own-groups", write.ruleOn(PAYMENTS));
  }

  @Test
  void customGrantsApplyToTheirGroups() {
    Grantees support = new Grantees(Set.of(user("dave")), Set.of(group("guests")));
    PermissionPolicy policy =
        new PermissionPolicy(
            List.of(
                new Grant(
                    "policy.grants[0]",
                    Set.of(SERVICE_READ, SERVICE_REVOKE),
                    support,
                    new Grant.TheseGroups(Set.of(PAYMENTS))),
                new Grant("policy.grants[1]", Set.of(SERVICE_READ), support, new Grant.OwnGroups()),
                new Grant(
                    "policy.grants[2]",
                    Set.of(USER_ADMIN, INTROSPECT),
                    users("dave"),
                    new Grant.AllGroups())));
    assertEquals(
        """
        service:read | no yes no | policy.grants[0]
        service:write | no no no | no-grant
        service:revoke | no yes no | policy.grants[0]
        introspect | yes yes yes | policy.grants[2]
        metrics:read | no no no | no-grant
        log:read | no no no | no-grant
        user:read | no no no | no-grant
        user:write | no no no | no-grant
        user:revoke | no no no | no-grant
        user:admin | yes yes yes | policy.grants[2]\
        """,
        table(policy, sample("dave")));
    assertEquals(
        """
        service:read | no yes yes | policy.grants[0] / policy.grants[0], policy.grants[1] / policy.grants[1]
        service:write | no no no | no-grant
        service:revoke | no yes no | policy.grants[0]
        introspect | no no no | no-grant
        metrics:read | no no no | no-grant
        log:read | no no no | no-grant
        user:read | no no no | no-grant
        user:write | no no no | no-grant
        user:revoke | no no no | no-grant
        user:admin | no no no | no-grant\
        """,
        table(policy, person("eve", group("guests"))));
    // Without own-groups, membership gives no permission.
    assertEquals(List.of(), policy.permissionsOf(sample("carol")));
  }

  @Test
  void invalidGrantsAreRejected() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Grant.everywhere("x", Set.of("access-tokens:nothing"), Grantees.EVERYBODY));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Grant("x", Set.of(INTROSPECT), Grantees.EVERYBODY, new Grant.OwnGroups()));
    assertEquals(NOWHERE, SAMPLE.groupsOf(sample("alice"), "access-tokens:nothing"));
  }

  @Test
  void permissionsAreListedInFixedOrder() {
    assertEquals(Permissions.ALL, SAMPLE.permissionsOf(sample("alice")));
    assertEquals(Permissions.USER, SAMPLE.permissionsOf(sample("dave")));
    assertEquals(
        List.of(SERVICE_READ, SERVICE_REVOKE),
        SAMPLE.permissionsOf(token(SERVICE_REVOKE, "catalog:read", SERVICE_READ)));
  }

  @Test
  void userIsAllowedWhatTheDecisionAllows() {
    for (String name : List.of("alice", "bob", "carol", "dave")) {
      assertEquals(
          SAMPLE.permissionsOf(sample(name)),
          Permissions.ALL.stream()
              .filter(permission -> SAMPLE.allows(sample(name), permission))
              .toList(),
          name);
    }
    assertFalse(SAMPLE.allows(sample("alice"), "access-tokens:nothing"), "unknown permission");
  }

  @Test
  void limitedPermissionsAreThoseOnSomeGroupsOnly() {
    assertEquals(List.of(), SAMPLE.limitedPermissionsOf(sample("alice")));
    assertEquals(List.of(), SAMPLE.limitedPermissionsOf(sample("dave")));
    assertEquals(Permissions.SERVICE, SAMPLE.limitedPermissionsOf(sample("carol")));
    assertEquals(
        List.of(SERVICE_WRITE, SERVICE_REVOKE),
        SAMPLE.limitedPermissionsOf(person("bob", PLATFORM)));
    assertEquals(
        List.of(SERVICE_READ), SAMPLE.limitedPermissionsOf(token(SERVICE_READ, INTROSPECT)));
  }

  @Test
  void scopeCoversOnlyItsGroups() {
    PermissionScope own = new PermissionScope.Groups(Set.of(PLATFORM));
    assertTrue(EVERYWHERE.covers(PAYMENTS), "everywhere does not cover a group");
    assertTrue(own.covers(PLATFORM), () -> own + " does not cover its group");
    assertFalse(NOWHERE.covers(PLATFORM), "nowhere covers a group");
    assertFalse(own.covers(PAYMENTS), () -> own + " covers another group");
    assertThrows(IllegalArgumentException.class, () -> new PermissionScope.Groups(Set.of()));
    assertEquals(NOWHERE, PermissionScope.over(Set.of()));
  }
}
