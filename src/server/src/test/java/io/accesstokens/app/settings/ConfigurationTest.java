package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.settings.storage.ClusterSettings.Replicas;
import io.accesstokens.app.settings.storage.DatabaseSettings;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.exchange.Audience;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawTokenFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the configuration that is derived from settings. */
class ConfigurationTest {

  private static final String H2_PARAMETERS =
      ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

  @TempDir Path directory;
  private SettingsFixture given;

  @BeforeEach
  void createFixture() {
    given = new SettingsFixture(directory);
  }

  private static Grantees users(String name) {
    return new Grantees(Set.of(new EntityRef(EntityRef.USER, "default", name)), Set.of());
  }

  private Storage.Jdbc jdbc(String url) {
    Configuration configuration = given.override("accessTokens.database.url", url).load();
    return assertInstanceOf(Storage.Jdbc.class, configuration.storage());
  }

  @Test
  void catalogHasBuiltInThenConfiguredThenManagementScopes() {
    given.file(
        """
        service:
          allowTokenManagement: true
          scopes:
            - {id: z, description: Z, plugin: p}
            - {id: a, description: A, plugin: p}
        """);
    List<String> ids =
        given.load().scopeCatalog().scopes().stream().map(ScopeCatalog.Definition::id).toList();
    assertEquals("catalog:read", ids.get(0));
    assertEquals(List.of("z", "a"), ids.subList(5, 7));
    assertEquals(Permissions.SERVICE, ids.subList(7, ids.size() - 1));
    assertEquals(Permissions.INTROSPECT, ids.get(ids.size() - 1));
    assertEquals(given.load().scopeCatalog(), given.load().creationPolicy().scopeCatalog());
  }

  @Test
  void metricsCanBeReadWithAScopeIfAllowed() {
    assertFalse(given.load().scopeCatalog().contains(Permissions.METRICS_READ), "by default");
    given.file("metrics: {allowScope: true, allowedAddresses: [10.0.0.0/8]}");
    Configuration configuration = given.load();
    assertTrue(configuration.scopeCatalog().contains(Permissions.METRICS_READ), "if allowed");
    assertEquals(
        List.of(AddressRange.parse("10.0.0.0/8").orElseThrow()), configuration.metricsReaders());
  }

  @Test
  void logHasTheNameOfItsSettingOrOfThePublicUrl() {
    assertEquals("access-tokens", given.load().logOrigin());
    assertFalse(given.load().scopeCatalog().contains(Permissions.LOG_READ), "by default");
    given.file("publicUrl: https://tokens.example.com:8443/x\nauditLog: {allowScope: true}");
    assertEquals("tokens.example.com", given.load().logOrigin());
    assertTrue(given.load().scopeCatalog().contains(Permissions.LOG_READ), "if allowed");
    given.file("publicUrl: https://tokens.example.com\nauditLog: {origin: example.com/log}");
    assertEquals("example.com/log", given.load().logOrigin());
  }

  @Test
  void introspectionCanBeAllowedAlone() {
    given.file("service: {allowIntrospection: true}\nintrospection: {userEntityRefs: [gateway]}");
    List<ScopeCatalog.Definition> scopes = given.load().scopeCatalog().scopes();
    assertEquals(6, scopes.size());
    assertEquals(Permissions.INTROSPECT, scopes.get(5).id());
    assertEquals(
        new PermissionPolicy(users("alice"), users("bob"), users("gateway")),
        given.load().permissionPolicy());
  }

  @Test
  void sampleGrantsEndWithTheFirstAdmin() {
    given.file("service:\n  auditor:\n    userEntityRefs: [dave]");
    assertEquals(
        new PermissionPolicy(users("alice"), users("dave")), given.load().permissionPolicy());
    given.file("service:\n  admin:\n    groupEntityRefs: [Group:platform]");
    Set<EntityRef> platform = Set.of(new EntityRef(EntityRef.GROUP, "default", "platform"));
    assertEquals(
        new PermissionPolicy(new Grantees(Set.of(), platform), Grantees.NONE),
        given.load().permissionPolicy());
  }

  @Test
  void containerLoginDisablesTheSampleUsers() {
    given.file(
        "login: {container: true}\nservice: {admin: {roles: [b, a]}, auditor: {roles: 'c, a'}}");
    Configuration configuration = given.load();
    assertFalse(configuration.hasSampleUsers(), "there are no sample users");
    PermissionPolicy policy = configuration.permissionPolicy();
    assertEquals(
        new PermissionPolicy(
            new Grantees(Set.of(), Set.of(), Set.of("a", "b")),
            new Grantees(Set.of(), Set.of(), Set.of("a", "c"))),
        policy);
    Set<String> roles = new HashSet<>(Permissions.SERVICE);
    roles.addAll(Set.of("a", "b", "c"));
    roles.add(Permissions.INTROSPECT);
    roles.add(Permissions.METRICS_READ);
    roles.add(Permissions.LOG_READ);
    assertEquals(roles, policy.roles());
    assertEquals("user:default/{name}", configuration.realmUserRef().toString());
  }

  @Test
  void permissionsOnDisabledPersonalTokensCannotBeUsed() {
    Actor.Person alice =
        new Actor.Person(new EntityRef(EntityRef.USER, "default", "alice"), Set.of(), null);
    String grants =
        "policy: {grants: [{permissions: ['access-tokens:user:admin'], users: [user:alice]}]}";
    assertEquals(
        Permissions.ALL, given.file(grants).load().usablePermissions().permissionsOf(alice));
    PermissionPolicy usable =
        given.file(grants + "\npersonal: {enabled: false}").load().usablePermissions();
    assertEquals(
        List.of(
            Permissions.SERVICE_READ,
            Permissions.SERVICE_WRITE,
            Permissions.SERVICE_REVOKE,
            Permissions.INTROSPECT,
            Permissions.METRICS_READ,
            Permissions.LOG_READ),
        usable.permissionsOf(alice));
  }

  @Test
  void sampleGrantsEndWithAUsersFile() throws Exception {
    Files.writeString(directory.resolve("people.yaml"), "");
    given.file("login:\n  usersFile: people.yaml");
    Configuration configuration = given.load();
    assertFalse(configuration.hasSampleUsers(), "there are no sample users");
    assertEquals(
        new PermissionPolicy(Grantees.NONE, Grantees.NONE), configuration.permissionPolicy());
  }

  /**
   * If the sample grants stayed, a user named alice of another login method would have all
   * permissions.
   */
  @Test
  void sampleGrantsEndWithExternalSignIn() {
    for (String login :
        List.of(
            "jwt: [{issuer: a, audience: b, jwksUrl: 'https://c.example'}]",
            "ldap: {url: 'ldaps://d.example', userBase: dc=e}")) {
      Configuration configuration = given.file("login: {" + login + "}").load();
      assertEquals(
          new PermissionPolicy(Grantees.NONE, Grantees.NONE), configuration.permissionPolicy());
      assertEquals(login.startsWith("jwt"), configuration.hasSampleUsers());
    }
  }

  /**
   * The sample groups contain the sample user carol. A real user named carol must not become a
   * member of these groups.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "usersFile: people.yaml",
        "container: true",
        "jwt: [{issuer: a, audience: b, jwksUrl: 'https://c.example'}]",
        "ldap: {url: 'ldaps://d.example', userBase: dc=e}",
        "oidc: {issuer: 'https://sso.example', clientId: a}"
      })
  void sampleGroupsEndWithAnyOtherLoginMethod(String login) throws Exception {
    Files.writeString(directory.resolve("people.yaml"), "people: []");
    String text = "publicUrl: https://tokens.example\nlogin: {" + login + "}";
    Configuration configuration = given.file(text).load();
    assertEquals(new Groups.None(), configuration.groups());
    assertEquals(
        List.of(
            "accessTokens.directory.groupsFile: is not set, so there are no groups and no service"
                + " token can be created: set it, or accessTokens.directory.backstage.baseUrl or"
                + " accessTokens.login.ldap.groupBase"),
        configuration.warnings());
    Configuration withGroups = given.groups().load();
    assertEquals(
        new Groups.CatalogFile(directory.resolve("groups.yaml")), withGroups.groups(), login);
    assertEquals(List.of(), withGroups.warnings());
  }

  @Test
  void ldapGroupsCauseNoWarning() {
    given.file("login: {ldap: {url: 'ldaps://d.example', userBase: dc=e, groupBase: dc=f}}");
    assertEquals(List.of(), given.load().warnings());
  }

  @Test
  void refsInSettingsIgnoreCase() {
    given.file(
        "service: {admin: {userEntityRefs: ['User:Default/ALICE'], groupEntityRefs: [Security]}}");
    Set<EntityRef> alice = Set.of(new EntityRef(EntityRef.USER, "default", "alice"));
    Set<EntityRef> security = Set.of(new EntityRef(EntityRef.GROUP, "default", "security"));
    assertEquals(
        new PermissionPolicy(new Grantees(alice, security), Grantees.NONE),
        given.load().permissionPolicy());
  }

  @Test
  void scopesAreAssignedToTheirAudience() {
    given.file(
        """
        personal:
          audience: [backstage, grafana]
          audienceScopes:
            - {audience: backstage, scopes: [catalog:read, access-tokens:service:read]}
        """);
    assertEquals(
        List.of(
            new Audience("backstage", List.of("catalog:read", "access-tokens:service:read")),
            Audience.of("grafana")),
        given.load().audiences());
  }

  @Test
  void applicationsHaveTheirNames() {
    given.file(
        """
        personal:
          applications:
            - {origin: "HTTPS://Portal.Example:443", name: " Portal \u2013 M\u00fcnchen (\u65e5\u672c) "}
            - {origin: "http://[::1]:3000", name: %s}
        """
            .formatted("x".repeat(60)));
    assertEquals(
        Map.of(
            new WebOrigin("https", "portal.example", 443),
            "Portal \u2013 M\u00fcnchen (\u65e5\u672c)",
            new WebOrigin("http", "[::1]", 3000),
            "x".repeat(60)),
        given.load().applications());
  }

  @Test
  void rawTokenFormatIsRead() {
    given.file(
        "rawToken:\n  servicePrefix: s1_\n  personalPrefix: p_\n  acceptWithoutChecksum: true\n");
    assertEquals(new RawTokenFormat("s1_", "p_", true), given.load().rawTokenFormat());
  }

  @Test
  void publicUrlHasNoTrailingSlash() {
    given.file("publicUrl: https://tokens.example.com:8443/a/\n");
    assertEquals(
        Optional.of(URI.create("https://tokens.example.com:8443/a")), given.load().publicUrl());
    given.file("publicUrl: HTTP://[::1]//\n");
    assertEquals(Optional.of(URI.create("HTTP://[::1]")), given.load().publicUrl());
  }

  @Test
  void h2UrlsGetTheDefaultParameters() {
    assertEquals("jdbc:h2:file:/x/y" + H2_PARAMETERS, jdbc("jdbc:h2:file:/x/y").url());
    assertEquals(
        "jdbc:h2:/x;write_delay=100;MODE=MariaDB;DATABASE_TO_LOWER=TRUE"
            + ";CASE_INSENSITIVE_IDENTIFIERS=TRUE;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0",
        jdbc("jdbc:h2:/x;write_delay=100").url());
    assertEquals("jdbc:mariadb://localhost/b?x=1", jdbc("jdbc:mariadb://localhost/b?x=1").url());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mariadb://localhost/b",
        "jdbc:mariadb://127.8.9.10/b",
        "jdbc:mariadb://[::1]:3306/b",
        "jdbc:mariadb:replication://127.0.0.1,localhost/b",
        "jdbc:mariadb://db.example.com/b?sslMode=verify-full",
        "jdbc:mariadb://one,two/b?serverSslCert=/ca.pem&sslMode=VERIFY_FULL",
        "jdbc:mariadb://db.example.com/b?useSsl=true",
        "jdbc:mariadb://address=(host=db)(port=3306)(sslMode=verify-full)/b",
        "jdbc:mariadb:///b?localSocket=/run/mysqld/mysqld.sock",
        "jdbc:postgresql://localhost/b",
        "jdbc:postgresql://[::1]:5432/b?sslmode=disable",
        "jdbc:postgresql://db.example.com/b?sslmode=verify-full&sslrootcert=/ca.pem",
        "jdbc:postgresql://one,two:5433/b?sslmode=verify-full&targetServerType=primary",
        "jdbc:postgresql://db/b?ssl=true&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
        "jdbc:h2:tcp://localhost:9092/b",
        "jdbc:h2:tcp:localhost/b",
        "jdbc:h2:ssl://[::1]/b",
        "jdbc:h2:mem:b"
      })
  void linkThatIsLocalOrVerifiedIsAccepted(String url) {
    String accepted = jdbc(url).url();
    assertTrue(accepted.startsWith(url), accepted);
  }

  @Test
  void plaintextLinkIsAcceptedIfAllowed() {
    given.override("accessTokens.database.allowPlaintext", "true");
    assertEquals("jdbc:mariadb://db.example.com/b", jdbc("jdbc:mariadb://db.example.com/b").url());
  }

  @Test
  void replicasFollowTheStorage() {
    assertEquals(Replicas.SINGLE, replicas("jdbc:h2:mem:x"));
    assertEquals(Replicas.SINGLE, replicas("jdbc:h2:tcp://localhost/x"));
    assertEquals(Replicas.MANY, replicas("jdbc:mariadb://localhost/b"));
    given.variable("ACCESSTOKENS_CLUSTER_REPLICAS", "many");
    assertEquals(Replicas.MANY, replicas("jdbc:h2:tcp://localhost/x"));
    given.variable("ACCESSTOKENS_CLUSTER_REPLICAS", "single");
    assertEquals(Replicas.SINGLE, replicas("jdbc:mariadb://localhost/b"));
    given =
        new SettingsFixture(directory)
            .override("accessTokens.database.jndiName", "java:comp/env/jdbc/x");
    assertEquals(Replicas.MANY, given.load().replicas());
    assertEquals(new Storage.ContainerDataSource("java:comp/env/jdbc/x"), given.load().storage());
    given = new SettingsFixture(directory).override("accessTokens.inMemory", "true");
    assertEquals(Replicas.SINGLE, given.load().replicas());
  }

  private Replicas replicas(String url) {
    return given.override("accessTokens.database.url", url).load().replicas();
  }

  @Test
  void passwordIsReadFromAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("password"), " pass word \r\n");
    given
        .override("accessTokens.database.url", "jdbc:mariadb://localhost/b")
        .override("accessTokens.database.passwordFile", file.toString());
    Storage.Jdbc jdbc = assertInstanceOf(Storage.Jdbc.class, given.load().storage());
    assertEquals(" pass word ", jdbc.password().orElseThrow().reveal());
  }

  @Test
  void toStringShowsNoSecrets() {
    given
        .variable("ACCESSTOKENS_DATABASE_PASSWORD", "hunter2")
        .override(
            "accessTokens.database.url", "jdbc:mariadb://localhost/b?keyStorePassword=hunter2");
    Configuration configuration = given.load();
    Storage.Jdbc jdbc = assertInstanceOf(Storage.Jdbc.class, configuration.storage());
    assertEquals("hunter2", jdbc.password().orElseThrow().reveal());
    DatabaseSettings database = configuration.settings().database();
    for (Object object :
        List.of(configuration, configuration.settings(), database, jdbc, database.password())) {
      assertFalse(object.toString().contains("hunter2"), object.toString());
    }
  }

  @Test
  void loadingLogsNothing() {
    List<String> messages = new ArrayList<>();
    Thread loading = Thread.currentThread();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            if (Thread.currentThread() == loading) { // threads of other tests can still log
              messages.add(record.getMessage());
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    try {
      given.file("database:\n  url: jdbc:mariadb://localhost/b\n  password: x").load();
      new SettingsFixture(directory).file("port: x").lines();
    } finally {
      root.removeHandler(handler);
    }
    assertEquals(Level.INFO, root.getLevel());
    assertEquals(List.of(), messages);
  }
}
