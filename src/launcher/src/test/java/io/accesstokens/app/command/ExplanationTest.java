package io.accesstokens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.verify.EntityRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the output of {@code explain}, with the sample configuration and with another
 * configuration.
 */
class ExplanationTest {

  private static final String WRITE = Permissions.SERVICE_WRITE;

  @TempDir Path directory;

  private Configuration configured(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("settings.yaml"), yaml);
    return new SettingsLoader(
            Map.of(SettingsLoader.CONFIG_FILE, file.toString()), Map.of(), Map.of(), directory)
        .load();
  }

  /** Loads the sample file unchanged. */
  private Configuration sample() throws IOException {
    return configured(Files.readString(Path.of("config/access-tokens.yaml")));
  }

  private static Explanation of(
      Configuration configuration, String name, String permission, @Nullable String group) {
    EntityRef ref = EntityRef.parseUser(name).orElseThrow();
    try (ConfiguredDirectory directory = ConfiguredDirectory.open(configuration)) {
      return new Explanation(
          configuration.permissionPolicy(),
          configuration.creationPolicy(),
          new Actor.Person(ref, directory.groups().groupsOf(ref), null),
          permission,
          group == null ? null : EntityRef.parseGroup(group).orElseThrow());
    }
  }

  @Test
  void sampleUsersGetTheExpectedDecisions() throws IOException {
    Configuration configuration = sample();
    List<String> decisions = new ArrayList<>();
    for (String person : List.of("alice", "bob", "carol", "dave")) {
      for (String permission : Permissions.SERVICE) {
        for (String group : List.of("platform", "payments")) {
          Explanation explanation = of(configuration, person, permission, group);
          List<String> lines = explanation.lines();
          assertTrue(
              lines.get(0).startsWith(explanation.allowed() ? "allowed: " : "denied: "),
              lines::toString);
          assertTrue(lines.get(0).contains("user:default/" + person), lines::toString);
          assertTrue(lines.get(0).contains(permission), lines::toString);
          assertTrue(lines.get(0).contains("group:default/" + group), lines::toString);
          decisions.add(
              person
                  + permission.substring(permission.lastIndexOf(':'))
                  + ' '
                  + group
                  + ' '
                  + lines.get(0).substring(0, lines.get(0).indexOf(':'))
                  + lines.get(1).replace("by the rule", ""));
        }
      }
    }
    assertEquals(
        """
        alice:read platform allowed: service.admin
        alice:read payments allowed: service.admin
        alice:write platform allowed: service.admin
        alice:write payments allowed: service.admin
        alice:revoke platform allowed: service.admin
        alice:revoke payments allowed: service.admin
        bob:read platform allowed: service.auditor
        bob:read payments allowed: service.auditor
        bob:write platform denied: no-grant
        bob:write payments denied: no-grant
        bob:revoke platform denied: no-grant
        bob:revoke payments denied: no-grant
        carol:read platform allowed: own-groups
        carol:read payments denied: own-groups
        carol:write platform allowed: own-groups
        carol:write payments denied: own-groups
        carol:revoke platform allowed: own-groups
        carol:revoke payments denied: own-groups
        dave:read platform denied: no-grant
        dave:read payments denied: no-grant
        dave:write platform denied: no-grant
        dave:write payments denied: no-grant
        dave:revoke platform denied: no-grant
        dave:revoke payments denied: no-grant""",
        String.join("\n", decisions));
  }

  @Test
  void everyRuleIsExplained() throws IOException {
    assertEquals(
        """
        denied: user:default/carol does not have access-tokens:service:write on tokens of group:default/payments
        by the rule: own-groups

        groups: group:default/platform
        roles: none

        rules:
          service.admin: gives it, but not to this user
          service.auditor: does not give it
          introspection: does not give it
          permission-roles: gives it, but not to this user
          own-groups: gives it on tokens of group:default/platform
          personal-tokens: does not give it""",
        String.join("\n", of(sample(), "carol", WRITE, "payments").lines()));
    assertEquals(
        "  own-groups: gives it to members of groups, but this user is a member of none",
        of(sample(), "dave", WRITE, null).lines().stream()
            .filter(line -> line.startsWith("  own-groups: "))
            .findFirst()
            .orElse("no such line"));
  }

  @Test
  void decisionWithoutAGroupNamesTheGroups() throws IOException {
    assertEquals(
        "allowed: user:default/carol has access-tokens:service:write on tokens of"
            + " group:default/platform",
        of(sample(), "carol", WRITE, null).lines().get(0));
    assertEquals(
        "allowed: user:default/alice has access-tokens:service:write on tokens of all groups",
        of(sample(), "alice", WRITE, null).lines().get(0));
    assertEquals(
        "denied: user:default/dave does not have access-tokens:service:write on tokens of any"
            + " group",
        of(sample(), "dave", WRITE, null).lines().get(0));
    assertEquals(
        "allowed: user:default/dave has access-tokens:user:write",
        of(sample(), "dave", Permissions.USER_WRITE, null).lines().get(0));
  }

  @Test
  void configuredGrantsAndLimitsAreExplained() throws IOException {
    Configuration configuration =
        configured(
            """
            policy:
              ownGroups: false
              grants:
                - permissions: [access-tokens:service:write]
                  users: [dave]
                  onGroups: [payments]
              limits:
                - groups: [payments]
                  maxLifetimeDays: 30
                  allowedScopes: [catalog:read]
                  maxLiveTokensPerGroup: 5
                  descriptionPattern: OPS-[0-9]+
                  descriptionHint: must name a ticket
            """);
    assertEquals(
        "by the rule: no-grant", of(configuration, "carol", WRITE, "platform").lines().get(1));
    List<String> lines = of(configuration, "dave", WRITE, "payments").lines();
    assertEquals("by the rule: policy.grants[0]", lines.get(1));
    assertEquals(
        List.of(
            "limits on new tokens of group:default/payments:",
            "  lifetime: at most 30 days, 30 by default",
            "  scopes: catalog:read",
            "  live tokens: at most 5",
            "  description: must name a ticket"),
        lines.subList(lines.size() - 5, lines.size()));
  }
}
