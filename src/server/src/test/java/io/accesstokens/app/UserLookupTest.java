package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.testing.BackstageCatalog;
import io.accesstokens.testing.server.LdapTree;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.verify.EntityRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests which users exist, for each login method and each group directory, and how relative file
 * paths are resolved.
 */
class UserLookupTest {

  private static final String PROVIDER =
      "publicUrl: https://t.example\nlogin: {oidc: {issuer: 'https://s.example', clientId: t}}";
  private static final String ISSUER =
      "login: {jwt: [{issuer: i, audience: a, jwksUrl: 'https://k.example/'}]}";

  @TempDir Path directory;

  private Configuration configured(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("settings.yaml"), yaml);
    return new SettingsLoader(
            Map.of(SettingsLoader.CONFIG_FILE, file.toString()), Map.of(), Map.of(), directory)
        .load();
  }

  private static Presence presence(Configuration configuration, String name) {
    try (ConfiguredDirectory groups = ConfiguredDirectory.open(configuration)) {
      return new UserLookup(configuration, groups)
          .presence(EntityRef.parseUser(name).orElseThrow());
    }
  }

  private static String ldap(LdapTree tree) {
    return """
    login:
      ldap:
        url: ldap://127.0.0.1:%d
        bindDn: %s
        bindPassword: %s
        userBase: ou=people,%s
        userFilter: (&(objectClass=inetOrgPerson)(!(employeeType=disabled)))
        connectTimeoutMillis: 30000
        readTimeoutMillis: 30000
    """
        .formatted(tree.port(), LdapTree.SERVICE, LdapTree.PASSWORD, LdapTree.BASE);
  }

  @Test
  void onlySampleUsersExistByDefault() throws IOException {
    assertEquals(Presence.PRESENT, presence(configured(""), "dave"));
    assertEquals(Presence.GONE, presence(configured(""), "erin"));
  }

  @Test
  void usersOfTheLdapServerExist() throws Exception {
    try (LdapTree tree = LdapTree.start()) {
      Configuration configuration = configured(ldap(tree));
      assertEquals(Presence.PRESENT, presence(configuration, "erin"));
      assertEquals(Presence.GONE, presence(configuration, "alice"), "of the sample, which is over");
      assertEquals(Presence.GONE, presence(configuration, "dave"), "disabled");
      tree.stop();
      assertEquals(Presence.UNKNOWN, presence(configuration, "erin"));
    }
  }

  @Test
  void usersOfTheFileExistEvenIfLdapIsUnavailable() throws Exception {
    Files.copy(Path.of("config/people.yaml"), directory.resolve("people.yaml"));
    try (LdapTree tree = LdapTree.start()) {
      Configuration configuration = configured(ldap(tree) + "  usersFile: people.yaml\n");
      assertEquals(Presence.PRESENT, presence(configuration, "alice"));
      assertEquals(Presence.PRESENT, presence(configuration, "erin"));
      assertEquals(Presence.GONE, presence(configuration, "unknown"));
      tree.stop();
      assertEquals(Presence.PRESENT, presence(configuration, "alice"));
      assertEquals(Presence.UNKNOWN, presence(configuration, "unknown"));
    }
  }

  @Test
  void usersOfTheCatalogExist() throws IOException {
    try (BackstageCatalog catalog = new BackstageCatalog().group("a", "A", "").user("heidi")) {
      Configuration configuration =
          configured(
              "directory: {backstage: {baseUrl: '%s', token: '%s', timeoutMillis: 60000}}"
                  .formatted(catalog.baseUrl(), BackstageCatalog.TOKEN));
      assertEquals(Presence.PRESENT, presence(configuration, "heidi"));
      assertEquals(Presence.PRESENT, presence(configuration, "dave"), "of the sample");
      assertEquals(Presence.GONE, presence(configuration, "unknown"));
    }
  }

  @Test
  void anyUserMayExistWithExternalSignIn() throws IOException {
    for (String settings : new String[] {PROVIDER, ISSUER, "login: {container: true}"}) {
      assertEquals(Presence.PRESENT, presence(configured(settings), "any-user"), settings);
    }
  }

  @Test
  void oidcAndJwtSignInsNameGroups() throws IOException {
    for (String settings : new String[] {PROVIDER, ISSUER, "", "login: {container: true}"}) {
      Configuration configuration = configured(settings);
      try (ConfiguredDirectory groups = ConfiguredDirectory.open(configuration)) {
        assertEquals(
            settings.equals(PROVIDER) || settings.equals(ISSUER),
            new UserLookup(configuration, groups).hasExternalGroups());
      }
    }
  }

  /**
   * Relative paths of users and groups files are resolved against the base directory. The working
   * directory of the process has no effect.
   */
  @Test
  void pathsAreRelativeToTheBaseDirectory() throws IOException {
    Files.writeString(
        directory.resolve("mine.yaml"),
        Files.readString(Path.of("config/people.yaml")).replace("alice", "mallory"));
    Configuration configuration = configured("login: {usersFile: mine.yaml}");
    assertEquals(directory.resolve("mine.yaml"), configuration.usersFile().orElseThrow());
    assertTrue(ConfiguredFiles.usersFile(configuration).knows("mallory"), "mallory is in the file");
    assertFalse(
        ConfiguredFiles.usersFile(configuration).knows("alice"), "alice is not in the file");
    assertEquals(
        "Sign in: as a user of " + directory.resolve("mine.yaml"),
        SampleUsersGuard.howToSignIn(configuration));
  }

  @Test
  void startMessageNamesEachLoginMethod() throws IOException {
    assertEquals(
        "Sign in: at https://s.example", SampleUsersGuard.howToSignIn(configured(PROVIDER)));
    String usual = SampleUsersGuard.howToSignIn(configured(""));
    assertTrue(usual.startsWith("Sign in: alice, bob,"), usual);
    assertEquals(
        "Sign in: as a user of the servlet container's realm",
        SampleUsersGuard.howToSignIn(configured("login: {container: true}")));
  }
}
