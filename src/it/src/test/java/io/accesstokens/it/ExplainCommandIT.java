package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.WarProcess;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@code explain} as an operator calls it. */
class ExplainCommandIT {

  private static final int DENIED = 3;
  private static final int NOT_KNOWN = 2;

  private static Outcome explain(WarProcess call, String... arguments) throws Exception {
    return call.with("explain").with(arguments).run("");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "alice, 0, service.admin",
    "bob,   3, no-grant",
    "carol, 0, own-groups",
    "dave,  3, no-grant"
  })
  void permissionsOfSampleUsersAreExplained(String person, int exitCode, String rule)
      throws Exception {
    Outcome outcome =
        explain(
            WarProcess.inNewFolder(),
            "--person",
            "user:default/" + person,
            "--permission",
            "access-tokens:service:write",
            "--group",
            "group:default/platform");
    assertEquals(exitCode, outcome.exitCode(), outcome::toString);
    assertTrue(
        outcome.out().startsWith(exitCode == DENIED ? "denied: " : "allowed: "), outcome::toString);
    assertTrue(outcome.out().contains("by the rule: " + rule), outcome::toString);
    assertEquals("", outcome.err());
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "eve,     service:write, platform, --person: no such user can sign in",
    "a/b/c,   service:write, platform, --person must name a user",
    "carol,   service:wrote, platform, --permission must be one of access-tokens:service:read",
    "carol,   service:write, nope,     --group: the directory has no such group",
    "carol,   service:write, user:x,   --group must name a group",
    "carol,   introspect,    platform, --group: the permission access-tokens:introspect does not depend",
    "carol,   service:write, ,         "
  })
  void unknownNameIsReportedInOneLine(
      String person, String permission, @Nullable String group, @Nullable String line)
      throws Exception {
    WarProcess call = WarProcess.inNewFolder().with("explain", "--person", person);
    call = call.with("--permission", permission);
    Outcome outcome = (group == null ? call : call.with("--group", group)).run("");
    if (line == null) {
      assertEquals(0, outcome.exitCode(), outcome::toString);
      return;
    }
    assertEquals(NOT_KNOWN, outcome.exitCode(), outcome::toString);
    CommandLineIT.refuses(outcome, 1, line);
  }

  @Test
  void configuredPolicyIsExplained() throws Exception {
    WarProcess configured =
        WarProcess.inNewFolder()
            .with("explain")
            .withConfig(
                """
                accessTokens:
                  policy:
                    ownGroups: false
                    grants:
                      - permissions: [access-tokens:service:read]
                        groups: [platform]
                        onGroups: [payments]
                """)
            .with("--person", "carol", "--permission", "service:read");
    Outcome there = configured.with("--group", "payments").run("");
    assertEquals(0, there.exitCode(), there::toString);
    assertTrue(there.out().contains("by the rule: policy.grants[0]"), there::toString);
    Outcome elsewhere = configured.with("--group", "platform").run("");
    assertEquals(DENIED, elsewhere.exitCode(), elsewhere::toString);
    assertTrue(elsewhere.out().contains("by the rule: policy.grants[0]"), elsewhere::toString);
  }

  @Test
  void disabledPersonalTokensAreTheReason() throws Exception {
    Outcome outcome =
        WarProcess.inNewFolder()
            .with("explain")
            .withConfig("personal: {enabled: false}")
            .with("--person", "alice", "--permission", "user:admin")
            .run("");
    assertEquals(DENIED, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.out().contains("Personal tokens are disabled"), outcome::toString);
  }

  /**
   * If a provider authenticates users, any name is possible, with groups that only the provider
   * knows.
   */
  @Test
  void externalUserIsExplainedWithTheirGroups() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("explain")
            .withConfig(
                """
                publicUrl: https://tokens.example.com
                login: {oidc: {issuer: 'https://sso.example.com', clientId: ours}}
                service: {admin: {groupEntityRefs: [security]}}
                """)
            .with("--person", "judy", "--permission", "service:write");
    Outcome alone = call.run("");
    assertEquals(DENIED, alone.exitCode(), alone::toString);
    assertTrue(alone.out().contains("by --member-of"), alone::toString);
    assertTrue(alone.out().contains("No directory of groups is configured"), alone::toString);
    Outcome onGroup = call.with("--group", "platform").run("");
    assertEquals(NOT_KNOWN, onGroup.exitCode(), onGroup::toString);
    // The other line is the warning that no directory is configured.
    CommandLineIT.refuses(onGroup, 2, "--group: No directory of groups is configured");
    Outcome member =
        call.withGroups().with("--member-of", "security", "--group", "payments").run("");
    assertEquals(0, member.exitCode(), member::toString);
    assertTrue(member.out().contains("by the rule: service.admin"), member::toString);
    assertTrue(member.out().contains("groups: group:default/security"), member::toString);
    // This user exists only in the sample, which is disabled here.
    Outcome alice =
        WarProcess.inNewFolder()
            .with("explain")
            .withConfig(
                "publicUrl: https://tokens.example.com\n"
                    + "login: {oidc: {issuer: 'https://sso.example.com', clientId: ours}}")
            .with("--person", "alice", "--permission", "service:write")
            .run("");
    assertEquals(DENIED, alice.exitCode(), alice::toString);
    CommandLineIT.refuses(
        call.with("--member-of", "a/b/c").run(""), 2, "--member-of must name a group");
  }

  @Test
  void eachWrongSettingIsReportedInOneLine() throws Exception {
    Outcome outcome =
        WarProcess.inNewFolder()
            .with("explain")
            .withConfig("policy: {grants: [{permissions: [x], users: [y]}]}")
            .with("--person", "carol", "--permission", "service:read")
            .run("");
    assertEquals(1, outcome.exitCode(), outcome::toString);
    CommandLineIT.refuses(outcome, 1, "accessTokens.policy.grants[0].permissions[0]");
  }
}
