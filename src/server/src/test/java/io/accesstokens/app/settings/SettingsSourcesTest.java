package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.storage.DatabaseSettings;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.Grant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the sources of settings, and which source takes precedence. */
class SettingsSourcesTest {

  @TempDir Path directory;
  private SettingsFixture given;

  @BeforeEach
  void createFixture() {
    given = new SettingsFixture(directory);
  }

  @Test
  void higherSourcesTakePrecedence() {
    given.file("port: 1");
    assertEquals(1, given.load().settings().port());
    given.variable("ACCESSTOKENS_PORT", "2");
    assertEquals(2, given.load().settings().port());
    given.property("accessTokens.port", "3");
    assertEquals(3, given.load().settings().port());
    given.override("accessTokens.port", "4");
    assertEquals(4, given.load().settings().port());
  }

  @Test
  void overriddenInvalidValueIsIgnored() {
    given.file("port: abc").variable("ACCESSTOKENS_PORT", "2");
    assertEquals(2, given.load().settings().port());
  }

  @Test
  void emptyValueEqualsAnAbsentOne() {
    given
        .file("port: 1\nhost:\ndatabase:\n  url: ~\n  user: ''\nservice:\n  scopes: []\ntls:\n")
        .variable("ACCESSTOKENS_PORT", "")
        .override("accessTokens.port", "");
    Settings settings = given.load().settings();
    assertEquals(1, settings.port());
    assertEquals("127.0.0.1", settings.host());
    assertEquals(Optional.empty(), settings.database().url());
    assertEquals(Optional.empty(), settings.database().user());
    assertEquals(List.of(), settings.service().scopes());
  }

  @Test
  void blankListElementsAreIgnored() {
    given
        .file("service:\n  admin:\n    userEntityRefs: ['', ~, a, ' ', b]")
        .variable("ACCESSTOKENS_SERVICE_AUDITOR_USERENTITYREFS", ",c,,")
        .variable("ACCESSTOKENS_SERVICE_AUDITOR_GROUPENTITYREFS", ",");
    ServiceTokenSettings service = given.load().settings().service();
    assertEquals(Optional.of(List.of("a", "b")), service.admin().userEntityRefs());
    assertEquals(Optional.of(List.of("c")), service.auditor().userEntityRefs());
    assertEquals(Optional.empty(), service.auditor().groupEntityRefs());
  }

  @Test
  void environmentVariablesFollowMicroProfile() {
    given
        .variable("ACCESSTOKENS_DATABASE_URL", "jdbc:mariadb://localhost/tokens")
        .variable("ACCESSTOKENS_DATABASE_MAXIMUMPOOLSIZE", " 20 ")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_0__ID", "billing:read")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_0__DESCRIPTION", "Read bills, all of them")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_0__PLUGIN", "billing")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_1__ID", "billing:write")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_1__DESCRIPTION", "Write bills")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_1__PLUGIN", "billing")
        .variable("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/eve, frank")
        .variable("ACCESSTOKENS_SERVICE_AUDITOR_GROUPENTITYREFS_0_", "group:default/audit")
        .variable("ACCESSTOKENS_POLICY_GRANTS_0__PERMISSIONS_0_", "access-tokens:introspect")
        .variable("ACCESSTOKENS_POLICY_GRANTS_0__PERMISSIONS_1_", "access-tokens:user:admin")
        .variable("ACCESSTOKENS_POLICY_GRANTS_0__USERS", "grace, heidi")
        .variable("ACCESSTOKENS_POLICY_LIMITS_0__ALLOWEDSCOPES", "catalog:read, billing:read")
        .variable("ACCESSTOKENS_LOGIN_BASIC", "FALSE");
    Configuration configuration = given.load();
    Settings settings = configuration.settings();
    assertEquals(Optional.of("jdbc:mariadb://localhost/tokens"), settings.database().url());
    assertEquals(20, settings.database().maximumPoolSize());
    assertEquals(2, settings.service().scopes().size());
    assertEquals("billing:read", settings.service().scopes().get(0).id());
    assertEquals("Read bills, all of them", settings.service().scopes().get(0).description());
    assertEquals("billing:write", settings.service().scopes().get(1).id());
    assertEquals(
        "[user:default/eve, user:default/frank]",
        configuration.permissionPolicy().grants().get(0).to().users().stream()
            .map(Object::toString)
            .sorted()
            .toList()
            .toString());
    assertEquals(
        Optional.of(List.of("group:default/audit")),
        settings.service().auditor().groupEntityRefs());
    Grant grant =
        configuration.permissionPolicy().grants().stream()
            .filter(each -> each.name().equals("policy.grants[0]"))
            .findFirst()
            .orElseThrow();
    assertEquals(Set.of(Permissions.INTROSPECT, Permissions.USER_ADMIN), grant.permissions());
    assertEquals(2, grant.to().users().size());
    assertEquals(
        Set.of("catalog:read", "billing:read"),
        configuration.creationPolicy().limits().get(0).allowedScopes());
    assertEquals(false, settings.login().basic());
    assertEquals(List.of(), configuration.warnings());
  }

  @Test
  void exactVariableNameTakesPrecedenceOverUpperCase() {
    given.variable("ACCESSTOKENS_PORT", "1").variable("accessTokens_port", "2");
    assertEquals(2, given.load().settings().port());
    given.variable("accessTokens.port", "3");
    assertEquals(3, given.load().settings().port());
  }

  @Test
  void listAsOneTextIsSplitAtCommas() {
    given
        .override("accessTokens.personal.audience", "a,b,,c\\,d\\\\,\\e\\")
        .override("accessTokens.cors.allowedOrigins", "https://a.example")
        .override("accessTokens.cors.allowedOrigins[0]", "https://b.example");
    Settings settings = given.load().settings();
    assertEquals(Optional.of(List.of("a", "b", "c,d\\", "e")), settings.personal().audience());
    assertEquals(Optional.of(List.of("https://b.example")), settings.cors().allowedOrigins());
  }

  @Test
  void toStringShowsNoValues() {
    Configuration configuration = given.override("accessTokens.login.oidc.title", "hunter2").load();
    Settings settings = configuration.settings();
    assertEquals("hunter2", settings.login().oidc().title());
    assertEquals("OidcSettings", settings.login().oidc().toString());
    assertFalse(configuration.toString().contains("hunter2"), configuration::toString);
    assertEquals(settings.login(), settings.login());
    assertNotEquals(settings.tls(), given.load().settings().tls());
    assertEquals(settings.tls().hashCode(), settings.tls().hashCode());
  }

  @Test
  void listComesFromOneSource() {
    given
        .file(
            """
            service:
              admin:
                userEntityRefs: [user:default/a, user:default/b, user:default/c]
              scopes:
                - {id: one, description: One, plugin: p}
                - {id: two, description: Two, plugin: p}
            """)
        .variable("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/eve")
        .override("accessTokens.service.scopes[0].id", "three")
        .override("accessTokens.service.scopes[0].description", "Three")
        .override("accessTokens.service.scopes[0].plugin", "p");
    ServiceTokenSettings service = given.load().settings().service();
    assertEquals(Optional.of(List.of("user:default/eve")), service.admin().userEntityRefs());
    assertEquals(
        List.of("three"), service.scopes().stream().map(ServiceTokenSettings.Scope::id).toList());
  }

  @Test
  void fileMayNestAllSettingsBelowOneKey() {
    given.file("# ours\naccessTokens:\n  service:\n    maxTokenLifetimeDays: 30\n");
    CreationPolicy policy = given.load().creationPolicy();
    assertEquals(30, policy.maxLifetimeDays());
    assertEquals(30, policy.defaultLifetimeDays());
  }

  @Test
  void emptyFilesAreAccepted() {
    for (String text :
        List.of("", "\n", "# nothing\n", "---\n", "\uFEFF# mark\n", "accessTokens:")) {
      assertEquals(8080, given.file(text).load().settings().port(), text);
    }
  }

  @Test
  void textsAreReadAsWritten() {
    given.file(
        "database:\n  url: jdbc:mariadb://localhost/b\n  user: 0123\n  password: \"${HOME}\\\\,%dev.a\"\n");
    DatabaseSettings database = given.load().settings().database();
    assertEquals(Optional.of("0123"), database.user());
    assertEquals("${HOME}\\,%dev.a", database.password().orElseThrow().reveal());
  }

  @Test
  void aliasesAreFollowed() {
    given.file("service:\n  admin: &ours {userEntityRefs: [user:default/eve]}\n  auditor: *ours\n");
    assertEquals(
        given.load().settings().service().admin().userEntityRefs(),
        given.load().settings().service().auditor().userEntityRefs());
  }

  @Test
  void otherFileCanBeConfigured() throws Exception {
    given.file("port: 1");
    Files.writeString(directory.resolve("other file.yaml"), "port: 2");
    Files.writeString(directory.resolve("third.yaml"), "port: 3");
    given.variable("ACCESSTOKENS_CONFIGFILE", "other file.yaml");
    assertEquals(2, given.load().settings().port());
    given.override("accessTokens.configFile", directory.resolve("third.yaml").toString());
    Configuration configuration = given.load();
    assertEquals(3, configuration.settings().port());
    assertEquals(List.of(), configuration.warnings());
  }

  @Test
  void unknownNamesOutsideTheFileAreIgnoredWithAWarning() {
    given
        .variable("ACCESSTOKENS_DATABSE_URL", "jdbc:mariadb://localhost/tokens")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_00__ID", "x")
        .variable("ACCESSTOKEN_PORT", "1")
        .variable("PATH", "/bin")
        .property("accessTokens.Port", "1")
        .property("java.home", "/jdk");
    assertEquals(
        List.of(
            "system property accessTokens.Port: unknown setting, ignored; did you mean"
                + " accessTokens.port?",
            "environment variable ACCESSTOKENS_DATABSE_URL: unknown setting, ignored; did you mean"
                + " ACCESSTOKENS_DATABASE_URL?",
            "environment variable ACCESSTOKENS_SERVICE_SCOPES_00__ID: unknown setting, ignored"),
        given.load().warnings());
  }

  @Test
  void everySecretCanComeFromAFile() throws Exception {
    Files.writeString(directory.resolve("secret"), KeySeal.randomText(new SecureRandom()) + "\n");
    Set<String> secrets =
        SettingsLoader.SCHEMA.names().stream()
            .filter(
                name ->
                    SettingsLoader.SCHEMA
                        .leaf(name.replace("[]", "[0]"))
                        .orElseThrow()
                        .type()
                        .equals(Secret.class))
            .collect(Collectors.toUnmodifiableSet());
    assertEquals(10, secrets.size(), secrets.toString());
    Files.writeString(
        directory.resolve("signing"),
        "whsec_" + Base64.getEncoder().encodeToString(new byte[24]) + "\n");
    for (String suffix : List.of("FILE", "_FILE")) {
      given = new SettingsFixture(directory);
      for (String secret : secrets) {
        String variable =
            secret.replace("[].", "_0__").replace('.', '_').toUpperCase(Locale.ROOT) + suffix;
        given.variable(variable, secret.contains("webhook") ? "signing" : "secret");
      }
      given
          .groups()
          .variable("ACCESSTOKENS_DATABASE_URL", "jdbc:mariadb://localhost/b")
          .variable("ACCESSTOKENS_LOGIN_OIDC_ISSUER", "https://login.example")
          .variable("ACCESSTOKENS_LOGIN_OIDC_CLIENTID", "x")
          .variable("ACCESSTOKENS_PUBLICURL", "https://tokens.example")
          .variable("ACCESSTOKENS_LOGIN_LDAP_URL", "ldaps://ldap.example")
          .variable("ACCESSTOKENS_LOGIN_LDAP_USERBASE", "dc=example")
          .variable("ACCESSTOKENS_LOGIN_LDAP_BINDDN", "cn=x")
          .variable("ACCESSTOKENS_NOTICES_WEBHOOKS_0__URL", "https://hooks.example/tokens")
          .variable("ACCESSTOKENS_AUDITLOG_STREAM_WEBHOOKS_0__URL", "https://siem.example/")
          .variable("ACCESSTOKENS_AUDITLOG_PUBLICATION_WEBHOOK_URL", "https://keeper.example/")
          .variable("ACCESSTOKENS_NOTICES_MAIL_HOST", "mail.example")
          .variable("ACCESSTOKENS_NOTICES_MAIL_USER", "x")
          .variable("ACCESSTOKENS_NOTICES_MAIL_FROM", "tokens@example.com");
      // The two sources of groups exclude each other. Both names of the token's file were found.
      assertEquals(
          List.of(
              "accessTokens.directory.backstage.tokenFile: needs"
                  + " accessTokens.directory.backstage.baseUrl (environment variable"
                  + " ACCESSTOKENS_DIRECTORY_BACKSTAGE_TOKEN"
                  + suffix
                  + ")"),
          given.lines());
    }
  }

  @Test
  void variableOfContainerEnginesNamesTheFileOfASecret() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "hunter2\n");
    given
        .variable("ACCESSTOKENS_DATABASE_URL", "jdbc:mariadb://localhost/b")
        .variable("ACCESSTOKENS_DATABASE_PASSWORD_FILE", file.toString());
    Configuration configuration = given.load();
    assertEquals("hunter2", configuration.settings().database().password().orElseThrow().reveal());
    assertEquals(List.of(), configuration.warnings());
  }

  @Test
  void twoVariablesForTheFileOfASecretAreRefused() throws Exception {
    Files.writeString(directory.resolve("password"), "hunter2\n");
    given
        .variable("ACCESSTOKENS_DATABASE_URL", "jdbc:mariadb://localhost/b")
        .variable("ACCESSTOKENS_DATABASE_PASSWORD_FILE", "password")
        .variable("ACCESSTOKENS_DATABASE_PASSWORDFILE", "password");
    assertEquals(
        List.of(
            "accessTokens.database.passwordFile: is set by two environment variables: remove"
                + " ACCESSTOKENS_DATABASE_PASSWORDFILE (environment variable"
                + " ACCESSTOKENS_DATABASE_PASSWORD_FILE)"),
        given.lines());
    given.variable("ACCESSTOKENS_DATABASE_PASSWORDFILE", " ");
    assertEquals(List.of(), given.load().warnings());
  }

  @Test
  void secretWithAValueAndAFileIsRefusedAcrossSources() throws Exception {
    Files.writeString(directory.resolve("password"), "hunter2\n");
    given
        .file("database:\n  url: jdbc:mariadb://localhost/b\n  password: x\n")
        .variable("ACCESSTOKENS_DATABASE_PASSWORD_FILE", "password");
    assertEquals(
        List.of(
            "accessTokens.database.passwordFile: must not be set together with"
                + " accessTokens.database.password"
                + " (environment variable ACCESSTOKENS_DATABASE_PASSWORD_FILE)"),
        given.lines());
  }

  @Test
  void sourcesOfTheProcessAreRead() {
    Configuration configuration =
        SettingsLoader.ofProcess(java.util.Map.of("accessTokens.inMemory", "true")).load();
    assertTrue(configuration.settings().inMemory(), "inMemory is set by the override");
    assertEquals(new Storage.Memory(), configuration.storage());
  }
}
