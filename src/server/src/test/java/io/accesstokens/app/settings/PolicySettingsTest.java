package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.CreationLimit.DescriptionRule;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.Grant;
import io.accesstokens.token.policy.GroupLimits;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.verify.EntityRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests settings of grants and limits: the resulting policy, and the rejected settings. */
class PolicySettingsTest {

  private static final String FILE = SettingsLoader.DEFAULT_FILE;

  /** The time after which a match is aborted. */
  private static final Duration MAX_MATCH = Duration.ofMinutes(1);

  @TempDir Path directory;
  private SettingsFixture given;

  @BeforeEach
  void createFixture() {
    given = new SettingsFixture(directory);
  }

  private static EntityRef group(String name) {
    return new EntityRef(EntityRef.GROUP, "default", name);
  }

  private List<String> rules() {
    return given.load().permissionPolicy().grants().stream().map(Grant::name).distinct().toList();
  }

  private void assertFileRefused(String text, String... lines) {
    assertEquals(List.of(lines), given.file(text).lines(), text);
  }

  @Test
  void defaultRulesCanBeTurnedOff() {
    assertEquals(
        List.of(
            "service.admin",
            "service.auditor",
            "introspection",
            "permission-roles",
            "own-groups",
            "personal-tokens"),
        rules());
    given.file("policy: {ownGroups: false, personalTokens: false, permissionRoles: false}");
    assertEquals(List.of("service.admin", "service.auditor", "introspection"), rules());
    assertEquals(Set.of(), given.load().permissionPolicy().roles());
  }

  @Test
  void configuredGrantsAreAddedToThePolicy() {
    given.file(
        """
        login: {container: true}
        policy:
          ownGroups: false
          grants:
            - permissions: [access-tokens:service:read, "access-tokens:service:write"]
              users: [grace]
              groups: [Group:support]
              roles: [helpdesk]
              onGroups: [payments, group:default/all]
            - permissions: access-tokens:service:revoke
              groups: platform, guests
              onGroups: own-groups
            - {permissions: ["access-tokens:user:admin"], users: [heidi], onGroups: all}
        """);
    PermissionPolicy policy = given.load().permissionPolicy();
    List<Grant> grants = policy.grants().subList(10, 13);
    assertEquals(
        List.of(
            new Grant(
                "policy.grants[0]",
                Set.of(Permissions.SERVICE_READ, Permissions.SERVICE_WRITE),
                new Grantees(
                    Set.of(new EntityRef(EntityRef.USER, "default", "grace")),
                    Set.of(group("support")),
                    Set.of("helpdesk")),
                new Grant.TheseGroups(Set.of(group("payments"), group("all")))),
            new Grant(
                "policy.grants[1]",
                Set.of(Permissions.SERVICE_REVOKE),
                new Grantees(Set.of(), Set.of(group("platform"), group("guests"))),
                new Grant.OwnGroups()),
            new Grant(
                "policy.grants[2]",
                Set.of(Permissions.USER_ADMIN),
                new Grantees(Set.of(new EntityRef(EntityRef.USER, "default", "heidi")), Set.of()),
                new Grant.AllGroups())),
        grants);
    assertTrue(policy.roles().contains("helpdesk"), policy.roles().toString());
  }

  @Test
  void invalidGrantsAreReported() {
    assertFileRefused(
        """
        policy:
          grants:
            - users: [grace]
            - permissions: [access-tokens:service:reed]
              onGroups: [platform, all]
            - permissions: [access-tokens:introspect]
              users: [group:x]
              onGroups: own-groups
            - permissions: [access-tokens:service:read]
              groups: ['a/b/c']
              roles: [x]
              onGroups: ['user:x']
              nonsense: 1
        """,
        "accessTokens.policy.grants[3].nonsense: unknown setting (" + FILE + ":13)",
        "accessTokens.policy.grants[0].permissions: is required (" + FILE + ":3)",
        "accessTokens.policy.grants[1].permissions[0]: must be one of"
            + " access-tokens:service:read, access-tokens:service:write,"
            + " access-tokens:service:revoke, access-tokens:introspect,"
            + " access-tokens:metrics:read, access-tokens:log:read,"
            + " access-tokens:user:read, access-tokens:user:write, access-tokens:user:revoke,"
            + " access-tokens:user:admin ("
            + FILE
            + ":4)",
        "accessTokens.policy.grants[1]: needs at least one of users, groups and roles ("
            + FILE
            + ":4)",
        "accessTokens.policy.grants[1].onGroups[1]: all and own-groups cannot be in a"
            + " list; write a group of that name as group:default/all ("
            + FILE
            + ":5)",
        "accessTokens.policy.grants[2].users[0]: must name a user, e.g. user:default/alice ("
            + FILE
            + ":7)",
        "accessTokens.policy.grants[2].onGroups: must be all, because some of the"
            + " permissions do not depend on groups ("
            + FILE
            + ":8)",
        "accessTokens.policy.grants[3].groups[0]: must name a group, e.g. group:default/platform ("
            + FILE
            + ":10)",
        "accessTokens.policy.grants[3].roles[0]: needs accessTokens.login.container: true ("
            + FILE
            + ":11)",
        "accessTokens.policy.grants[3].onGroups[0]: must name a group, e.g."
            + " group:default/platform ("
            + FILE
            + ":12)");
  }

  private static String emptyList(String setting, String location) {
    return "accessTokens.policy."
        + setting
        + ": must not be empty; remove the setting to apply no restriction ("
        + location
        + ')';
  }

  @Test
  void emptyListsWhoseAbsenceMeansAllAreReported() {
    assertFileRefused(
        """
        policy:
          grants:
            - {permissions: ["access-tokens:service:read"], users: [grace], onGroups: []}
            - {permissions: ["access-tokens:service:read"], users: [grace], onGroups: ['', ~, ' ']}
            - {permissions: ["access-tokens:service:read"], users: [grace], onGroups: ','}
            - permissions: ["access-tokens:service:read"]
              users: [grace]
              groups: []
              onGroups:
          #     - payments
          limits:
            - allowedScopes: []
            - {groups: [], maxLifetimeDays: 7}
            - {groups: '', maxLifetimeDays: 7}
            - {exceptGroups: [], maxLifetimeDays: 7}
        """,
        emptyList("grants[0].onGroups", FILE + ":3"),
        emptyList("grants[1].onGroups", FILE + ":4"),
        emptyList("grants[2].onGroups", FILE + ":5"),
        emptyList("grants[3].onGroups", FILE + ":9"),
        emptyList("limits[0].allowedScopes", FILE + ":12"),
        emptyList("limits[1].groups", FILE + ":13"),
        emptyList("limits[2].groups", FILE + ":14"));
  }

  @Test
  void emptyListsInTheEnvironmentAreReported() {
    for (String name : List.of("ONGROUPS", "ONGROUPS_0_")) {
      for (String value : List.of("", " ", ",", ",,")) {
        if (name.endsWith("_") && value.contains(",")) {
          continue; // the text of an element has no separators
        }
        String variable = "ACCESSTOKENS_POLICY_GRANTS_0__" + name;
        SettingsFixture fixture =
            new SettingsFixture(directory)
                .variable("ACCESSTOKENS_POLICY_GRANTS_0__PERMISSIONS", "access-tokens:service:read")
                .variable("ACCESSTOKENS_POLICY_GRANTS_0__USERS", "grace")
                .variable(variable, value);
        assertEquals(
            List.of(emptyList("grants[0].onGroups", "environment variable " + variable)),
            fixture.lines());
      }
    }
  }

  @Test
  void elementsCountBesideABlankText() {
    given
        .variable("ACCESSTOKENS_POLICY_LIMITS_0__ALLOWEDSCOPES", "")
        .variable("ACCESSTOKENS_POLICY_LIMITS_0__ALLOWEDSCOPES_0_", "catalog:read");
    assertEquals(
        Set.of("catalog:read"), given.load().creationPolicy().limits().get(0).allowedScopes());
  }

  @Test
  void gapInANestedListIsReported() {
    given
        .variable("ACCESSTOKENS_POLICY_GRANTS_0__PERMISSIONS", "access-tokens:service:read")
        .variable("ACCESSTOKENS_POLICY_GRANTS_0__USERS_1_", "grace");
    assertEquals(
        List.of(
            "accessTokens.policy.grants[0].users[1]: the list lacks the element before this one"
                + " (environment variable ACCESSTOKENS_POLICY_GRANTS_0__USERS_1_)"),
        given.lines());
  }

  @Test
  void strictestMatchingLimitsApply() {
    given.file(
        """
        service: {maxTokenLifetimeDays: 90, defaultTokenLifetimeDays: 60}
        policy:
          limits:
            - exceptGroups: [platform]
              maxLifetimeDays: 50
              maxLiveTokensPerGroup: 100
              maxLiveTokensPerUser: 9
            - groups: [payments]
              maxLifetimeDays: 7
              allowedScopes: [techdocs:read, catalog:read]
              maxLiveTokensPerGroup: 3
              maxLiveTokensPerUser: 2
              descriptionPattern: '[A-Z]+-[0-9]+'
              descriptionHint: must name a ticket
            - maxLiveTokensPerGroup: 200
        """);
    CreationPolicy policy = given.load().creationPolicy();
    List<String> all = policy.scopeCatalog().scopes().stream().map(scope -> scope.id()).toList();
    assertEquals(
        new GroupLimits(90, 60, all, OptionalInt.of(200), List.of()),
        policy.limitsOf(group("platform")));
    assertEquals(
        new GroupLimits(50, 50, all, OptionalInt.of(100), List.of()),
        policy.limitsOf(group("guests")));
    GroupLimits payments = policy.limitsOf(group("payments"));
    assertEquals(7, payments.maxLifetimeDays());
    assertEquals(7, payments.defaultLifetimeDays());
    assertEquals(List.of("catalog:read", "techdocs:read"), payments.allowedScopes());
    assertEquals(OptionalInt.of(3), payments.maxLiveTokens());
    assertEquals("must name a ticket", payments.descriptions().get(0).hint());
    assertEquals(OptionalInt.of(9), policy.maxLivePerUser(Set.of()));
    assertEquals(OptionalInt.empty(), policy.maxLivePerUser(Set.of(group("platform"))));
    assertEquals(OptionalInt.of(2), policy.maxLivePerUser(Set.of(group("payments"))));
    assertEquals(
        OptionalInt.of(2), policy.maxLivePerUser(Set.of(group("payments"), group("platform"))));
  }

  @Test
  void invalidLimitsAreReported() {
    assertFileRefused(
        """
        service: {maxTokenLifetimeDays: 90}
        policy:
          limits:
            - groups: [platform]
            - maxLifetimeDays: 91
              groups: [a]
              exceptGroups: [b]
            - maxLiveTokensPerGroup: 0
              maxLiveTokensPerUser: 10001
              allowedScopes: [catalog:read, catalog:reed]
            - descriptionHint: must name a ticket
            - descriptionPattern: '(a'
            - descriptionPattern: '(?=a)'
            - descriptionPattern: '((a{100}){10}){10}'
            - {groups: [a], descriptionPattern: 'a', descriptionHint: '%s'}
            - {exceptGroups: [b], descriptionPattern: 'a'}
            - {groups: [b], descriptionPattern: 'a'}
        """
            .formatted("h".repeat(201)),
        "accessTokens.policy.limits[2].maxLiveTokensPerGroup: must be a whole number from 1 to"
            + " 10000 ("
            + FILE
            + ":8)",
        "accessTokens.policy.limits[2].maxLiveTokensPerUser: must be a whole number from 1 to 10000"
            + " ("
            + FILE
            + ":9)",
        "accessTokens.policy.limits[0]: must have a limit, e.g. maxLifetimeDays or allowedScopes ("
            + FILE
            + ":4)",
        "accessTokens.policy.limits[1].maxLifetimeDays: must be at most 90, the value of"
            + " accessTokens.service.maxTokenLifetimeDays ("
            + FILE
            + ":5)",
        "accessTokens.policy.limits[1].exceptGroups: must not be set together with groups ("
            + FILE
            + ":7)",
        "accessTokens.policy.limits[2].allowedScopes[1]: must be the id of a scope in the scope"
            + " catalog ("
            + FILE
            + ":10)",
        "accessTokens.policy.limits[3]: must have a limit, e.g. maxLifetimeDays or allowedScopes ("
            + FILE
            + ":11)",
        "accessTokens.policy.limits[3].descriptionHint: must not be set without"
            + " descriptionPattern ("
            + FILE
            + ":11)",
        "accessTokens.policy.limits[4].descriptionPattern: must be a regular expression in the"
            + " syntax of RE2: missing closing ) ("
            + FILE
            + ":12)",
        "accessTokens.policy.limits[5].descriptionPattern: must be a regular expression in the"
            + " syntax of RE2: invalid or unsupported Perl syntax ("
            + FILE
            + ":13)",
        "accessTokens.policy.limits[6].descriptionPattern: must be simpler: with its"
            + " repetitions, it is too long ("
            + FILE
            + ":14)",
        "accessTokens.policy.limits[7].descriptionHint: must have at most 200 characters ("
            + FILE
            + ":15)",
        "accessTokens.policy.limits[8].descriptionPattern: must not apply to the same"
            + " groups as accessTokens.policy.limits[7].descriptionPattern ("
            + FILE
            + ":16)");
  }

  @Test
  void tooComplexPatternIsRefused() {
    for (String pattern :
        List.of(
            "(((a{1000}){1000}){1000})", "(?:(?:a{9,}){1,1000}){2,1000}", "((\\){999}){999})")) {
      assertFileRefused(
          "policy:\n  limits:\n    - descriptionPattern: '" + pattern + "'",
          "accessTokens.policy.limits[0].descriptionPattern: must be simpler: with its"
              + " repetitions, it is too long ("
              + FILE
              + ":3)");
    }
    given.file(
        "policy:\n  limits:\n    - descriptionPattern:"
            + " '^[A-Z]{2,10}-[0-9]{1,6}(, [A-Z]{2,10}-[0-9]{1,6}){0,5}$'");
    DescriptionRule rule =
        given.load().creationPolicy().limitsOf(group("platform")).descriptions().get(0);
    assertTrue(rule.test().test("OPS-1, DEV-22"), "the description matches");
  }

  /** In {@code java.util.regex}, each of these patterns backtracks for a very long time. */
  @Test
  void patternsMatchInBoundedTime() {
    String text = "a".repeat(499) + "!";
    for (String pattern :
        List.of("^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^(.*a){11}$", "(a*)*b", "(a?){200}a{200}b")) {
      given.file("policy:\n  limits:\n    - descriptionPattern: '" + pattern + "'");
      DescriptionRule rule =
          given.load().creationPolicy().limitsOf(group("platform")).descriptions().get(0);
      boolean matches =
          TimeLimits.within(
              Duration.ofSeconds(2),
              () -> assertTimeoutPreemptively(MAX_MATCH, () -> rule.test().test(text)));
      assertFalse(matches, pattern);
    }
  }

  @Test
  void patternMatchesAnywhereInTheDescription() {
    given.file("policy:\n  limits:\n    - descriptionPattern: '\\b[A-Z]+-[0-9]+\\b'");
    DescriptionRule rule =
        given.load().creationPolicy().limitsOf(group("platform")).descriptions().get(0);
    assertTrue(rule.test().test("for OPS-12, see there"), "the description contains a match");
    assertFalse(rule.test().test("for ops-12"), "the pattern is case-sensitive");
    assertEquals("\\b[A-Z]+-[0-9]+\\b", rule.pattern());
    assertEquals("must match the pattern that is configured for the group", rule.hint());
  }
}
