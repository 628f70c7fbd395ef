package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.token.rotation.SelfRotation;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that all errors are reported together, each on one line with its location. */
class InvalidSettingsTest {

  private static final String FILE = SettingsLoader.DEFAULT_FILE;
  private static final String UNREADABLE = "must be the path of a file that can be read: the file ";
  private static final String NOT_A_DIRECTORY = "cannot be read (Not a directory)";

  @TempDir Path directory;
  private SettingsFixture given;

  @BeforeEach
  void createFixture() {
    given = new SettingsFixture(directory);
  }

  private void assertFileRefused(String text, String... lines) {
    assertEquals(List.of(lines), given.file(text).lines(), text);
  }

  @Test
  void wrongLogSettingsAreReported() {
    given.variable("ACCESSTOKENS_LOG_LEVELS", "io.accesstokens=debug,org.apache.coyote=debug");
    assertFileRefused(
        "log: {format: xml}\n",
        "accessTokens.log.format: must be text or json (" + FILE + ":1)",
        "accessTokens.log.levels[1]: must be info or higher, because detailed lines of libraries"
            + " can contain credentials (environment variable ACCESSTOKENS_LOG_LEVELS)");
  }

  @Test
  void wrongMonitoringSettingsAreReported() {
    assertFileRefused(
        """
        metrics: {allowedAddresses: [10.0.0.0/8, prometheus.example.com]}
        management: {port: 65536, host: 'a b'}
        """,
        "accessTokens.management.port: must be a whole number from 0 to 65535 (" + FILE + ":2)",
        "accessTokens.management.host: must be a host name or an IP address (" + FILE + ":2)",
        "accessTokens.metrics.allowedAddresses[1]: must be an IP address or a range of them, e.g."
            + " 10.0.0.0/8 ("
            + FILE
            + ":1)");
  }

  @Test
  void metricsReaderInTheRangeOfAProxyIsReported() {
    assertFileRefused(
        """
        trustedProxies: [10.1.0.0/16, 192.0.2.1]
        metrics: {allowedAddresses: [198.51.100.1, 10.1.2.3]}
        """,
        "accessTokens.metrics.allowedAddresses[1]: must not contain an address of"
            + " accessTokens.trustedProxies, because the clients of that proxy could read the"
            + " metrics; use smaller ranges, a credential or accessTokens.management.port ("
            + FILE
            + ":2)");
  }

  @Test
  void wrongTypesAreReported() {
    given
        .override("accessTokens.service.maxTokenLifetimeDays", "1.5")
        .property("accessTokens.login.basic", "yes")
        .variable("ACCESSTOKENS_CLUSTER_REPLICAS", "several");
    assertFileRefused(
        "port: abc\npublicUrl: 'http://a b'\ncluster:\n  leaseMillis: 99\n",
        "accessTokens.cluster.leaseMillis: must be a whole number from 100 to 60000 ("
            + FILE
            + ":4)",
        "accessTokens.cluster.replicas: must be single or many (environment variable"
            + " ACCESSTOKENS_CLUSTER_REPLICAS)",
        "accessTokens.login.basic: must be true or false (system property"
            + " accessTokens.login.basic)",
        "accessTokens.port: must be a whole number from 0 to 65535 (" + FILE + ":1)",
        "accessTokens.publicUrl: must be a URL (" + FILE + ":2)",
        "accessTokens.service.maxTokenLifetimeDays: must be a whole number from 1 to 36500 (command"
            + " line)");
  }

  @Test
  void listAsOneTextIsCheckedElementByElement() {
    given.override("accessTokens.trustedProxies", "192.0.2.1,,192.0.2.2\\\n192.0.2.3,\\,");
    String errorMessage =
        ": must be an IP address or a range of them, e.g. 10.0.0.0/8 (command line)";
    assertFileRefused(
        "port: 0",
        "accessTokens.trustedProxies[1]" + errorMessage,
        "accessTokens.trustedProxies[2]" + errorMessage);
  }

  @Test
  void numbersOutOfBoundsAreReported() {
    for (String number : List.of("0", "-1", "36501", "99999999999", "0x10", "1e2", "1_0", "true")) {
      assertFileRefused(
          "service:\n  maxTokenLifetimeDays: " + number,
          "accessTokens.service.maxTokenLifetimeDays: must be a whole number from 1 to 36500 ("
              + FILE
              + ":2)");
    }
    given.file("port: 0\nservice:\n  cacheTtlSeconds: 0").load();
    assertFileRefused(
        "port: 65536",
        "accessTokens.port: must be a whole number from 0 to 65535 (" + FILE + ":1)");
    given.file("port: 0\ndatabase:\n  maximumPoolSize: 3").load();
    assertFileRefused(
        "port: 0\ndatabase:\n  maximumPoolSize: 2",
        "accessTokens.database.maximumPoolSize: must be a whole number from 3 to 1000 ("
            + FILE
            + ":3)");
  }

  @Test
  void invalidOpenIdProvidersAreReported() {
    String oidc = "accessTokens.login.oidc.";
    assertFileRefused(
        "login:\n  oidc:\n    issuer: https://sso.example\n",
        oidc
            + "issuer: needs accessTokens.publicUrl, to which the provider redirects browsers ("
            + FILE
            + ":3)",
        oidc + "issuer: needs accessTokens.login.oidc.clientId (" + FILE + ":3)");
    for (String alone : List.of("clientId", "clientSecret", "groupsClaim")) {
      assertFileRefused(
          "login: {oidc: {" + alone + ": x}}",
          oidc + alone + ": needs accessTokens.login.oidc.issuer (" + FILE + ":1)");
    }
    String good = "publicUrl: https://x.example\nlogin:\n  oidc:\n    clientId: x\n";
    for (String issuer : List.of("sso.example", "ftp://x", "https://x?y", "https://u:p@x")) {
      assertFileRefused(
          good + "    issuer: " + issuer,
          oidc
              + "issuer: must be an https URL with a host, without user, query or fragment ("
              + FILE
              + ":5)");
    }
    good += "    issuer: https://sso.example\n";
    assertFileRefused(
        good + "    userEntityRef: user:default/x\n    groupEntityRef: group:default/x\n",
        oidc
            + "groupEntityRef: must be the ref of a group with a placeholder in its name, e.g."
            + " group:default/{group} ("
            + FILE
            + ":7)",
        oidc + "groupEntityRef: needs accessTokens.login.oidc.groupsClaim (" + FILE + ":7)",
        oidc
            + "userEntityRef: must be the ref of a user with a claim in its name, e.g."
            + " user:default/{preferred_username} ("
            + FILE
            + ":6)");
    assertFileRefused(
        good
            + "    groupsClaim: groups\n"
            + "    groups:\n      - {value: a, groupEntityRef: 'user:x'}\n"
            + "      - {value: b, groupEntityRef: x}\n      - {value: b, groupEntityRef: y}\n",
        oidc
            + "groups[0].groupEntityRef: must name a group, e.g. group:default/platform ("
            + FILE
            + ":8)",
        oidc + "groups[2].value: must be unique in this list (" + FILE + ":10)");
    given.groups().file(good.replace("https://sso", "http://sso"));
    assertEquals(
        List.of(
            oidc
                + "issuer: is used without TLS, so an attacker on the network path can sign"
                + " in as any user: use https"),
        given.load().warnings());
    given.file(good.replace("https://sso.example", "http://127.0.0.1:8081/realms/x"));
    assertEquals(List.of(), given.load().warnings());
    assertFalse(given.load().hasSampleUsers(), "there are no sample users");
  }

  @Test
  void requestLimitsOutOfRangeAreRefused() {
    assertFileRefused(
        "requests:\n  deadlineSeconds: 0\n  incompletePerAddress: 0\n  maxConcurrent: 10001\n",
        "accessTokens.requests.deadlineSeconds: must be a whole number from 1 to 600 ("
            + FILE
            + ":2)",
        "accessTokens.requests.incompletePerAddress: must be a whole number from 1 to 100000 ("
            + FILE
            + ":3)",
        "accessTokens.requests.maxConcurrent: must be a whole number from 1 to 10000 ("
            + FILE
            + ":4)");
  }

  @Test
  void invalidProxiesAreReported() {
    assertFileRefused(
        "trustedProxies: [10.0.0.0/8, proxy.example.com, '::1', 10.0.0.0/33]\n"
            + "rateLimits:\n  unknownTokensPerMinute: -1\n  failedSignInsPerMinute: 1000001\n"
            + "  serviceTokenChangesPerMinute: 1000001\n",
        "accessTokens.rateLimits.failedSignInsPerMinute: must be a whole number from 0 to 1000000 ("
            + FILE
            + ":4)",
        "accessTokens.rateLimits.serviceTokenChangesPerMinute: must be a whole number from 0 to"
            + " 1000000 ("
            + FILE
            + ":5)",
        "accessTokens.rateLimits.unknownTokensPerMinute: must be a whole number from 0 to 1000000 ("
            + FILE
            + ":3)",
        "accessTokens.trustedProxies[1]: must be an IP address or a range of them, e.g. 10.0.0.0/8"
            + " ("
            + FILE
            + ":1)",
        "accessTokens.trustedProxies[3]: must be an IP address or a range of them, e.g. 10.0.0.0/8"
            + " ("
            + FILE
            + ":1)");
    given.file("").variable("ACCESSTOKENS_TRUSTEDPROXIES", "127.0.0.1, 0.0.0.0/0 ,::1");
    assertEquals(
        List.of(
            "accessTokens.trustedProxies[1]: trusts every client, so any client can"
                + " forge its address"),
        given.load().warnings());
    assertTrue(given.load().trustedProxies().isTrusted("::1"), "::1 is a trusted proxy");
  }

  @Test
  void defaultLifetimeBeyondTheMaximumIsReported() {
    given.variable("ACCESSTOKENS_SERVICE_DEFAULTTOKENLIFETIMEDAYS", "31");
    assertFileRefused(
        "service:\n  maxTokenLifetimeDays: 30",
        "accessTokens.service.defaultTokenLifetimeDays: must be at most 30, the value of"
            + " accessTokens.service.maxTokenLifetimeDays (environment variable"
            + " ACCESSTOKENS_SERVICE_DEFAULTTOKENLIFETIMEDAYS)");
    var atTheMaximum = given.file("service:\n  maxTokenLifetimeDays: 31").load();
    assertEquals(31, atTheMaximum.creationPolicy().defaultLifetimeDays());
  }

  @Test
  void invalidRotationIsReported() {
    assertFileRefused(
        "service:\n  rotation:\n    defaultGraceSeconds: 61\n    maxGraceSeconds: 60\n",
        "accessTokens.service.rotation.defaultGraceSeconds: must be at most 60, the value of"
            + " accessTokens.service.rotation.maxGraceSeconds ("
            + FILE
            + ":3)");
    assertFileRefused(
        "service:\n  rotation:\n    defaultGraceSeconds: -1\n    maxGraceSeconds: 31536001\n"
            + "    self: keep-expiry\n",
        "accessTokens.service.rotation.defaultGraceSeconds: must be a whole number from 0 to"
            + " 31536000 ("
            + FILE
            + ":3)",
        "accessTokens.service.rotation.maxGraceSeconds: must be a whole number from 0 to 31536000 ("
            + FILE
            + ":4)",
        "accessTokens.service.rotation.self: must be off or keepExpiry or renew (" + FILE + ":5)");
    assertFileRefused(
        "service:\n  rotation:\n    maxGraceSeconds: 59\n    self: renew\n",
        "accessTokens.service.rotation.self: needs accessTokens.service.rotation.maxGraceSeconds of"
            + " at least 60 ("
            + FILE
            + ":4)");
  }

  @Test
  void rotationSettingsBecomeThePolicy() {
    assertEquals(
        new RotationPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(60), SelfRotation.KEEP_EXPIRY),
        given
            .file("service:\n  rotation: {maxGraceSeconds: 60, self: keepExpiry}")
            .load()
            .rotationPolicy(),
        "the maximum also limits the default");
    assertEquals(
        new RotationPolicy(Duration.ZERO, Duration.ofDays(30), SelfRotation.RENEW),
        given
            .file("service:\n  rotation: {defaultGraceSeconds: 0, self: renew}")
            .load()
            .rotationPolicy());
    assertEquals(
        new RotationPolicy(Duration.ZERO, Duration.ZERO, SelfRotation.OFF),
        given
            .file("service:\n  rotation: {maxGraceSeconds: 0, self: off}")
            .load()
            .rotationPolicy());
  }

  @Test
  void personalDefaultLifetimeBeyondTheMaximumIsReported() {
    given.variable("ACCESSTOKENS_PERSONAL_DEFAULTEXPIRYDAYS", "8");
    assertFileRefused(
        "personal:\n  maxExpiryDays: 7",
        "accessTokens.personal.defaultExpiryDays: must be at most 7, the value of"
            + " accessTokens.personal.maxExpiryDays (environment variable"
            + " ACCESSTOKENS_PERSONAL_DEFAULTEXPIRYDAYS)");
    var atTheMaximum = given.file("personal:\n  maxExpiryDays: 8").load();
    assertEquals(8, atTheMaximum.personalCreationPolicy().basePolicy().defaultLifetimeDays());
    given.variable("ACCESSTOKENS_PERSONAL_DEFAULTEXPIRYDAYS", "");
    var shorter = given.file("personal:\n  maxExpiryDays: 7").load();
    assertEquals(7, shorter.personalCreationPolicy().basePolicy().defaultLifetimeDays());
  }

  @Test
  void unknownKeysAreReported() {
    given.override("accessTokens.ports", "1");
    assertFileRefused(
        """
        Port: 1
        database.url: x
        service:
          admin:
            userEntityRef: [user:default/alice]
          scopes:
            - {id: a, description: A, plugin: p, colour: red}
        zebras: {enabled: true}
        ? [a]
        : 1
        configFile: x
        <<: {port: 2}
        "a\\nb": 1
        """,
        "accessTokens.ports: unknown setting; did you mean accessTokens.port? (command line)",
        "accessTokens.Port: unknown setting; did you mean port? (" + FILE + ":1)",
        "accessTokens.database.url: unknown setting (" + FILE + ":2)",
        "accessTokens.service.admin.userEntityRef: unknown setting; did you mean userEntityRefs? ("
            + FILE
            + ":5)",
        "accessTokens.service.scopes[0].colour: unknown setting (" + FILE + ":7)",
        "accessTokens.zebras: unknown setting (" + FILE + ":8)",
        "accessTokens.?: unknown setting (" + FILE + ":9)",
        "accessTokens.configFile: unknown setting (" + FILE + ":11)",
        "accessTokens.<<: unknown setting (" + FILE + ":12)",
        "accessTokens.a?b: unknown setting (" + FILE + ":13)");
  }

  @Test
  void keysBesideTheRootKeyAreReported() {
    assertFileRefused(
        "accessTokens:\n  port: 1\nhost: x\naccessTokens: {}\n",
        "host: unknown setting; all settings are below accessTokens (" + FILE + ":3)",
        "accessTokens: is set twice in this file: remove one (" + FILE + ":4)");
    assertFileRefused(
        "accessTokens: 1", "accessTokens: must contain settings below it (" + FILE + ":1)");
  }

  @Test
  void duplicateKeysAreReported() {
    assertFileRefused(
        "port: 1\nport: 1\ntls:\n  key:\n  key:\n",
        "accessTokens.port: is set twice in this file: remove one (" + FILE + ":2)",
        "accessTokens.tls.key: is set twice in this file: remove one (" + FILE + ":5)");
  }

  @Test
  void wrongStructureIsReported() {
    assertFileRefused(
        "port: [1]\nhost: {a: b}\ntls: x\nservice:\n  scopes: a\n  admin: [x]\n",
        "accessTokens.port: must be a single value (" + FILE + ":1)",
        "accessTokens.host: must be a single value (" + FILE + ":2)",
        "accessTokens.tls: must be a section with settings below it (" + FILE + ":3)",
        "accessTokens.service.scopes: must be a list (" + FILE + ":5)",
        "accessTokens.service.admin: must be a section with settings below it (" + FILE + ":6)");
    for (String text : List.of("- port: 1", "port", "8080", "hunter2:secret")) {
      assertFileRefused(text, FILE + ":1: must contain settings, each as \"name: value\"");
    }
  }

  @Test
  void invalidYamlIsReported() {
    assertFileRefused(
        "port: 1\n\thost: x",
        FILE
            + ":2: is not valid YAML: found character '\\t(TAB)' that cannot start any token."
            + " (Do not use \\t(TAB) for indentation)");
    assertFileRefused(
        "port: 1\nhost: !!example.Type [1]\n", FILE + ":2: tags (!…) are not allowed");
    assertFileRefused(
        "a: b: c", FILE + ":1: is not valid YAML: mapping values are not allowed here");
    assertFileRefused(
        "port: 1\n---\nport: 2\n", FILE + ":3: must be one document, but a second one begins here");
    assertFileRefused(
        "port: 1\nhost: \u0007\n",
        FILE + ":2: is not valid YAML: a character that it does not allow");
    assertFileRefused("port: 1\nhost: " + "[".repeat(100), FILE + ":2: is nested too deeply");
    assertFileRefused(
        "host:\n- &a [x]\n" + "- *a\n".repeat(51) + "port: 1\n",
        FILE + ":53: has too many aliases (*…) of lists and mappings");
    assertFileRefused(
        "port: 1\nhost: \"\\x",
        FILE + ":2: is not valid YAML: an escape in quotes is not complete");
  }

  /** A password without quotes can begin with a character that has a meaning in YAML. */
  @Test
  void errorsOfInvalidYamlShowNoValues() {
    String password = "database:\n  password: ";
    assertFileRefused(
        password + "*hunter2",
        FILE
            + ":2: is not valid YAML: an alias (*…) without an anchor; quote a text that begins"
            + " with *");
    assertFileRefused(password + "!hunter2!x", FILE + ":2: is not valid YAML");
    assertFileRefused(password + "\"\\Uhunter2x\"", FILE + ":2: is not valid YAML");
  }

  @Test
  void unreadableFilesAreReported() {
    given.file("port: 1\nhost: \u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(List.of(FILE + ":2: is not UTF-8"), given.lines());
    given.file(new byte[] {'#', (byte) 0xc3});
    assertEquals(List.of(FILE + ":1: is not UTF-8"), given.lines());
    given.file("#".repeat((1 << 20) + 1));
    assertEquals(List.of(FILE + ": is larger than 1 MiB"), given.lines());
    given.variable("ACCESSTOKENS_CONFIGFILE", "nowhere.yaml");
    assertEquals(
        List.of(
            "accessTokens.configFile: must be the path of a file that can be read, not"
                + " nowhere.yaml, which does not exist (environment variable ACCESSTOKENS_CONFIGFILE)"),
        given.lines());
    given.override("accessTokens.configFile", "config");
    assertEquals(
        List.of(
            "accessTokens.configFile: must be the path of a file that can be read, not config,"
                + " which is a directory (command line)"),
        given.lines());
  }

  /** Otherwise the server would start with the default settings and the sample users. */
  @Test
  void defaultFileThatCannotBeReachedIsReported() throws IOException {
    Path file = directory.resolve(FILE);
    Files.createDirectory(file.getParent());
    Files.createSymbolicLink(file, directory.resolve("missing"));
    assertEquals(List.of(FILE + ": does not exist"), given.lines());
  }

  @Test
  void errorInAListNamesOnlyTheSourceOfTheList() {
    given
        .variable("ACCESSTOKENS_SERVICE_SCOPES_0__ID", "a")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_0__PLUGIN", "p");
    assertFileRefused(
        "service:\n  scopes:\n  - {id: b, description: B, plugin: p}",
        "accessTokens.service.scopes[0].description: is required (environment variable"
            + " ACCESSTOKENS_SERVICE_SCOPES_0__ID)");
    given.override("accessTokens.trustedProxies", "192.0.2.1,x");
    assertFileRefused(
        "trustedProxies:\n  - 192.0.2.2\n  - 192.0.2.3\n",
        "accessTokens.service.scopes[0].description: is required (environment variable"
            + " ACCESSTOKENS_SERVICE_SCOPES_0__ID)",
        "accessTokens.trustedProxies[1]: must be an IP address or a range of them, e.g. 10.0.0.0/8"
            + " (command line)");
  }

  @Test
  void valueThatTheLocaleCannotRepresentIsReported() {
    String url = "url: jdbc:mariadb://localhost/b";
    assertEquals(
        List.of(), given.file("database: {" + url + ", user: '\uFFFD'}").load().warnings());
    given
        .override("accessTokens.database.user", "p\uFFFD")
        .property("accessTokens.login.oidc.title", "p\uFFFD")
        .variable("ACCESSTOKENS_DATABASE_PASSWORD", "p\uFFFD");
    String reason =
        ": has a character that the locale of this process cannot represent: set LC_ALL=C.UTF-8";
    assertEquals(
        List.of(
            "accessTokens.database.user" + reason + " (command line)",
            "accessTokens.login.oidc.title"
                + reason
                + " (system property accessTokens.login.oidc.title)",
            "accessTokens.database.password"
                + reason
                + " (environment variable ACCESSTOKENS_DATABASE_PASSWORD)"),
        given.lines());
  }

  @Test
  void invalidScopesAreReported() {
    assertFileRefused(
        "service:\n  scopes:\n  - {id: b, description: B, plugin: ' '}",
        "accessTokens.service.scopes[0].plugin: is required (" + FILE + ":3)");
    assertFileRefused(
        """
        service:
          scopes:
            - id: catalog:read
              description: Again
              plugin: p
            - {id: mine, description: Mine, plugin: p}
            - {id: mine, description: Mine, plugin: p}
            - {id: "access-tokens:service:read", description: Mine, plugin: p}
            - {id: "a b", description: Mine, plugin: p}
        """,
        "accessTokens.service.scopes[0].id: must not repeat catalog:read of a built-in scope ("
            + FILE
            + ":3)",
        "accessTokens.service.scopes[2].id: must not repeat mine of"
            + " accessTokens.service.scopes[1] ("
            + FILE
            + ":7)",
        "accessTokens.service.scopes[3].id: must not start with access-tokens:, which is reserved ("
            + FILE
            + ":8)",
        "accessTokens.service.scopes[4].id: must be 1 to 255 printable ASCII characters, no space,"
            + " quote or backslash ("
            + FILE
            + ":9)");
  }

  @Test
  void incompleteListElementsAreReported() {
    given
        .variable("ACCESSTOKENS_SERVICE_SCOPES_0__ID", "a")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_2__ID", "b")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_2__DESCRIPTION", "B")
        .variable("ACCESSTOKENS_SERVICE_SCOPES_2__PLUGIN", "p");
    String location = " (environment variable ACCESSTOKENS_SERVICE_SCOPES_";
    assertEquals(
        List.of(
            "accessTokens.service.scopes[0].description: is required" + location + "0__ID)",
            "accessTokens.service.scopes[0].plugin: is required" + location + "0__ID)",
            "accessTokens.service.scopes[2]: the list lacks the element before this one"
                + location
                + "2__DESCRIPTION)"),
        given.lines());
  }

  @Test
  void invalidEntityRefsAreReported() {
    given.variable("ACCESSTOKENS_SERVICE_AUDITOR_USERENTITYREFS", "user:default/a,user:a/b/c");
    assertFileRefused(
        """
        service:
          admin:
            userEntityRefs: [alice, 'group:default/x']
            groupEntityRefs:
            - platform
            - 'group:'
        introspection: {userEntityRefs: ['user:']}
        """,
        "accessTokens.service.admin.userEntityRefs[1]: must name a user, e.g. user:default/alice ("
            + FILE
            + ":3)",
        "accessTokens.service.admin.groupEntityRefs[1]: must name a group, e.g."
            + " group:default/platform ("
            + FILE
            + ":6)",
        "accessTokens.service.auditor.userEntityRefs[1]: must name a user, e.g. user:default/alice"
            + " (environment variable ACCESSTOKENS_SERVICE_AUDITOR_USERENTITYREFS)",
        "accessTokens.introspection.userEntityRefs[0]: must name a user, e.g. user:default/gateway"
            + " ("
            + FILE
            + ":7)");
  }

  @Test
  void invalidContainerLoginIsReported() throws Exception {
    Files.writeString(directory.resolve("people.yaml"), "people: []");
    assertFileRefused(
        "login:\n  container: true\n  usersFile: people.yaml",
        "accessTokens.login.container: must not be set together with accessTokens.login.usersFile ("
            + FILE
            + ":2)");
    assertFileRefused(
        "service:\n  admin:\n    roles: [x]",
        "accessTokens.service.admin.roles[0]: needs accessTokens.login.container: true ("
            + FILE
            + ":3)");
    for (String everybody : List.of("*", "**")) {
      assertFileRefused(
          "login: {container: true}\nservice:\n  auditor:\n    roles: [x, '" + everybody + "']",
          "accessTokens.service.auditor.roles[1]: must be the name of a role; * and ** are"
              + " not allowed ("
              + FILE
              + ":4)");
    }
    for (String ref : List.of("{name", "group:{name}", "{name}/x", "{name}{name}", "user:a/b")) {
      assertFileRefused(
          "login:\n  containerUserEntityRef: '" + ref + "'",
          "accessTokens.login.containerUserEntityRef: must be the ref of a user with {name} in its"
              + " name, e.g. user:default/{name} ("
              + FILE
              + ":2)");
    }
  }

  @Test
  void invalidIssuersAreReported() {
    assertFileRefused(
        """
        login:
          jwt:
            - {issuer: a, audience: us}
            - {issuer: b, audience: us, jwksUrl: 'ftp://b.example/keys', algorithms: 'ES256,HS256'}
            - {issuer: b, audience: us, jwksUrl: 'https://b.example/keys', algorithms: none}
            - {issuer: c, audience: us, jwksUrl: 'https://c.example/', userEntityRef: 'user:x'}
            - {issuer: d, audience: us, jwksUrl: 'https://d.example/', groupEntityRef: 'user:{x}'}
            - {issuer: e, audience: us, jwksUrl: 'https://e.example/', clockSkewSeconds: 301}
        """,
        line("login.jwt[5].clockSkewSeconds", "must be a whole number from 0 to 300", 8),
        line("login.jwt[0].jwksUrl", "is required", 3),
        line("login.jwt[1].jwksUrl", HTTP_URL, 4),
        line("login.jwt[1].algorithms", ALGORITHMS, 4),
        line("login.jwt[2].issuer", "must be unique in this list", 5),
        line("login.jwt[2].algorithms", ALGORITHMS, 5),
        line(
            "login.jwt[3].userEntityRef",
            "must be the ref of a user with a claim in its name, e.g. user:default/{email}, or a"
                + " claim alone, e.g. {sub}",
            6),
        line(
            "login.jwt[4].groupEntityRef",
            "must be the ref of a group with a claim in its name, e.g. group:default/{groups}, or"
                + " a claim alone, e.g. {ent}",
            7));
  }

  @Test
  void invalidAudienceScopesAreReported() {
    assertFileRefused(
        """
        personal:
          audience: [backstage]
          audienceScopes:
            - {audience: backstag, scopes: [catalog:read]}
            - {audience: backstage, scopes: [catalog:read, catalog:reed]}
            - {audience: backstage, scopes: [access-tokens:service:read]}
            - {audience: backstage}
        """,
        line(
            "personal.audienceScopes[0].audience",
            "must be one of accessTokens.personal.audience",
            4),
        line(
            "personal.audienceScopes[1].scopes[1]",
            "must be the id of a scope in the scope catalog, see accessTokens.service.scopes",
            5),
        line("personal.audienceScopes[2].audience", "must be unique in this list", 6),
        line("personal.audienceScopes[3]", "must have at least one scope in scopes", 7),
        line("personal.audienceScopes[3].audience", "must be unique in this list", 7));
  }

  @Test
  void invalidApplicationsAreReported() {
    String originError =
        "must be the origin of pages, e.g. https://portal.example.com, in ASCII and without a path";
    String nameError = "must be 1 to 60 letters, digits, marks, punctuation, symbols and spaces";
    assertFileRefused(
        """
        personal:
          applications:
            - {origin: https://portal.example.com, name: Portal}
            - {origin: HTTPS://Portal.example.com:443, name: Other}
            - {origin: https://portal.example.com/x, name: Path}
            - {origin: https://b\u00fccher.example, name: Unicode}
            - {origin: chrome-extension://abcdef, name: Extension}
            - {origin: https://a.example:65536, name: Port}
            - {origin: https://b.example, name: "Por\\u202Etal"}
            - {origin: https://c.example, name: "Por\\ntal"}
            - {origin: https://d.example, name: %s}
            - {origin: https://e.example}
        """
            .formatted("x".repeat(61)),
        line("personal.applications[9].name", "is required", 12),
        line("personal.applications[1].origin", "must be unique in this list", 4),
        line("personal.applications[2].origin", originError, 5),
        line("personal.applications[3].origin", originError, 6),
        line("personal.applications[4].origin", originError, 7),
        line("personal.applications[5].origin", originError, 8),
        line("personal.applications[6].name", nameError, 9),
        line("personal.applications[7].name", nameError, 10),
        line("personal.applications[8].name", nameError, 11));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "http://keys.example/|must be an https URL; with http, only of this machine (127.0.0.1)",
        "http://10.0.0.1/k|must be an https URL; with http, only of this machine (127.0.0.1)",
        "https://exa mple/|" + HTTP_URL,
        "https:///keys|" + HTTP_URL,
        "keys.example|" + HTTP_URL,
        "https://u:p@keys.example/|" + HTTP_URL,
        "https://keys.example/#k|" + HTTP_URL,
        "https://keys.example:99999/|" + HTTP_URL,
      })
  void invalidKeyUrlsAreReported(String url, String errorMessage) {
    assertFileRefused(
        "login: {jwt: [{issuer: a, audience: us, jwksUrl: '" + url + "'}]}",
        line("login.jwt[0].jwksUrl", errorMessage, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://k.example/", "http://127.0.0.1:1/", "http://localhost/", "http://[::1]/"})
  void validKeyUrlsAreAccepted(String url) {
    given.groups().file("login: {jwt: [{issuer: a, audience: us, jwksUrl: '" + url + "'}]}");
    assertEquals(URI.create(url), given.load().federation().issuers().get(0).keys());
    assertEquals(List.of(), given.load().warnings());
  }

  private static final String HTTP_URL =
      "must be an https URL with a host, without user or fragment";
  private static final String ALGORITHMS =
      "must be one or more of ES256, ES384, ES512, PS256, PS384, PS512, RS256, RS384, RS512";

  private static String line(String key, String errorMessage, int line) {
    return "accessTokens." + key + ": " + errorMessage + " (" + FILE + ":" + line + ")";
  }

  @Test
  void invalidLdapServersAreReported() throws Exception {
    assertFileRefused(
        "login:\n  ldap:\n    userBase: 'dc=x'\n    bindPassword: secret\n",
        line("login.ldap.userBase", "must not be set without accessTokens.login.ldap.url", 3),
        line("login.ldap.bindPassword", "must not be set without accessTokens.login.ldap.url", 4));
    for (String url :
        List.of(
            "https://x",
            "ldap:///",
            "ldap://x/dc=x",
            "ldap://x?uid",
            "ldap://x#uid",
            "ldap://x:65536",
            "ldap://u@x",
            "ldap:x",
            "ldapi://x",
            "x")) {
      assertFileRefused(
          "login:\n  ldap:\n    userBase: dc=x\n    url: '" + url + "'\n",
          line(
              "login.ldap.url",
              "must be ldap://host:port or ldaps://host:port, without user, path or query",
              4));
    }
    Files.writeString(directory.resolve("groups.yaml"), "");
    assertFileRefused(
        """
        login:
          container: true
          ldap:
            url: ldaps://ldap.example
            startTls: true
            caFile: nothing.pem
            bindDn: not-a-dn
            userFilter: uid=x
            usernameAttribute: u v
            userEntityRef: user:default/erin
            groupBase: groups
            groupFilter: (x
            groupEntityRef: group:default/{a b}
            memberAttribute: ''
            maximumConnections: 0
        directory:
          groupsFile: groups.yaml
        """,
        line("login.ldap.maximumConnections", "must be a whole number from 1 to 200", 15),
        line("login.container", "must not be set together with accessTokens.login.ldap.url", 2),
        line(
            "login.ldap.startTls",
            "must be false with an ldaps: URL, which is already encrypted",
            5),
        line("login.ldap.caFile", UNREADABLE + "does not exist", 6),
        line(
            "login.ldap.bindDn", "must not be set without accessTokens.login.ldap.bindPassword", 7),
        line("login.ldap.bindDn", DN, 7),
        "accessTokens.login.ldap.userBase: is required",
        line(
            "login.ldap.userFilter",
            "must be a search filter (RFC 4515), e.g. (objectClass=person)",
            8),
        line("login.ldap.usernameAttribute", "must be the name of an attribute", 9),
        line(
            "login.ldap.userEntityRef",
            "must be the ref of a user with an attribute in its name, e.g. user:default/{uid}",
            10),
        line(
            "login.ldap.groupBase",
            "must not be set together with accessTokens.directory.groupsFile",
            11),
        line("login.ldap.groupBase", DN, 11),
        line(
            "login.ldap.groupFilter",
            "must be a search filter (RFC 4515), e.g. (objectClass=person)",
            12),
        line(
            "login.ldap.groupEntityRef",
            "must be the ref of a group with an attribute in its name, e.g. group:default/{cn}",
            13));
    Files.writeString(directory.resolve("ca.pem"), "");
    assertFileRefused(
        "login: {ldap: {url: 'ldap://[::1]', userBase: dc=x, caFile: ca.pem, bindPassword: x}}",
        line("login.ldap.caFile", "needs an ldaps: URL, or startTls: true", 1),
        line(
            "login.ldap.bindPassword",
            "must not be set without accessTokens.login.ldap.bindDn",
            1));
    given.groups().file("login: {ldap: {url: 'ldap://[::1]', userBase: dc=x}}");
    assertEquals(List.of(), given.load().warnings(), "warnings about a loopback address");
    given.file("login: {ldap: {url: 'ldap://ldap.example', userBase: dc=x}}");
    assertEquals(
        List.of("accessTokens.login.ldap.url: passwords are sent unencrypted: set startTls"),
        given.load().warnings());
    assertFalse(given.load().hasSampleUsers(), "there are no sample users");
    assertEquals(389, given.load().federation().ldap().orElseThrow().server().port());
  }

  private static final String DN = "must be a distinguished name, e.g. ou=people,dc=example,dc=com";

  @Test
  void invalidCorsOriginsAreReported() {
    List<String> wrong =
        List.of(
            "*",
            "null",
            "backstage.example.com",
            "https://*.example.com",
            "https://a.example/",
            "https://a.example/x",
            "https://u@a.example",
            "ftp://a.example",
            "https://b\u00fc.example",
            "https://");
    for (String origin : wrong) {
      assertFileRefused(
          "cors:\n  allowedOrigins: ['" + origin + "']\n",
          line(
              "cors.allowedOrigins[0]",
              "must be one origin without a path or a wildcard, e.g. https://backstage.example.com",
              2));
    }
    given.file("cors:\n  allowedOrigins: ['HTTPS://A.example:443', 'http://localhost:3000']\n");
    assertEquals(
        Set.of("https://a.example", "http://localhost:3000"),
        given.load().federation().allowedOrigins());
  }

  @Test
  void invalidTokenPrefixesAreReported() {
    assertFileRefused(
        "rawToken:\n  servicePrefix: BSAT_\n  personalPrefix: toolong8_",
        "accessTokens.rawToken.servicePrefix: must be a lower-case letter, up to six letters or"
            + " digits, and an underscore ("
            + FILE
            + ":2)",
        "accessTokens.rawToken.personalPrefix: must be a lower-case letter, up to six letters or"
            + " digits, and an underscore ("
            + FILE
            + ":3)");
    assertFileRefused(
        "rawToken:\n  servicePrefix: bpat_",
        "accessTokens.rawToken.servicePrefix: must not be the same as"
            + " accessTokens.rawToken.personalPrefix ("
            + FILE
            + ":2)");
  }

  @Test
  void invalidPublicUrlsAreReported() {
    for (String url :
        List.of(
            "ftp://a",
            "a.example",
            "//a",
            "https:///x",
            "https://u@a",
            "https://a?q",
            "https://a#f",
            "mailto:a@b",
            "https://a:99999")) {
      assertFileRefused(
          "publicUrl: '" + url + "'",
          "accessTokens.publicUrl: must be an http or https URL with a host, without user, query or"
              + " fragment ("
              + FILE
              + ":1)");
    }
  }

  @Test
  void invalidHostTlsAndUsersFileAreReported() {
    given.file("").override("accessTokens.login.usersFile", "no/people.yaml");
    assertFileRefused(
        "host: 'http://x'\ntls:\n  key: config/access-tokens.yaml\n",
        "accessTokens.host: must be a host name or an IP address (" + FILE + ":1)",
        "accessTokens.tls.key: must not be set without accessTokens.tls.certificate ("
            + FILE
            + ":3)",
        "accessTokens.login.usersFile: " + UNREADABLE + "does not exist (command line)");
  }

  @Test
  void reasonWhyAFileCannotBeReadIsReported() {
    assertFileRefused(
        """
        login:
          usersFile: config
          ldap: {url: 'ldaps://ldap.example.com', userBase: 'dc=x', caFile: config/access-tokens.yaml/ca}
        directory: {groupsFile: groups.yaml}
        tls:
          certificate: config/access-tokens.yaml/certificate
          key: .
        """,
        line("tls.certificate", UNREADABLE + NOT_A_DIRECTORY, 6),
        line("tls.key", UNREADABLE + "is not a regular file", 7),
        line("login.usersFile", UNREADABLE + "is not a regular file", 2),
        line("directory.groupsFile", UNREADABLE + "does not exist", 4),
        line("login.ldap.caFile", UNREADABLE + NOT_A_DIRECTORY, 3));
  }

  @Test
  void invalidDatabaseUrlsAreReported() {
    String url = "accessTokens.database.url: ";
    String location = " (" + FILE + ":2)";
    for (String other : List.of("jdbc:mysql://a/b", "JDBC:H2:mem:a", "mariadb://a", "x")) {
      assertFileRefused(
          "database:\n  url: '" + other + "'",
          url + "must start with jdbc:mariadb:, jdbc:postgresql: or jdbc:h2:" + location);
    }
    for (String leaking :
        List.of(
            "jdbc:mariadb://a/b?user=x&Password=hunter2",
            "jdbc:mariadb://root:hunter2@a/b",
            "jdbc:postgresql://a/b?user=x&password=hunter2",
            "jdbc:postgresql://root:hunter2@a/b",
            "jdbc:h2:file:/x;PASSWORD=hunter2")) {
      assertFileRefused(
          "database:\n  url: '" + leaking + "'",
          url + "must not contain a password; that is accessTokens.database.password" + location);
    }
    for (String shared :
        List.of("./x;AUTO_SERVER=TRUE", "file:x;MODE=MariaDB; auto_server = true")) {
      assertFileRefused(
          "database:\n  url: 'jdbc:h2:" + shared + "'",
          url
              + "must not contain AUTO_SERVER: several processes need a database server, such as"
              + " MariaDB"
              + location);
    }
    assertFileRefused(
        "database:\n  url: \"jdbc:mariadb://localhost/b\\nINFO forged\"",
        url + "must not contain control characters" + location);
    for (String unknown : List.of("jdbc:mariadb:b", "jdbc:mariadb://a/b?sslMode=hunter2")) {
      assertFileRefused(
          "database:\n  url: '" + unknown + "'",
          url
              + "must be one that the driver accepts: jdbc:mariadb://host:3306/database, with"
              + " parameters that it knows"
              + location);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mariadb://db.example.com:3306/b",
        "jdbc:mariadb://10.0.0.5/b",
        "jdbc:mariadb://bad.cc/b",
        "jdbc:mariadb://localhost.example.com/b",
        "jdbc:mariadb://127.0.0.1,db.example.com/b",
        "jdbc:mariadb://db/b?pipe=x",
        "jdbc:mariadb://db/b?sslMode=trust",
        "jdbc:mariadb://db/b?sslMode=verify-ca",
        "jdbc:mariadb://db/b?sslMode=disable",
        "jdbc:mariadb://db/b?useSsl=true&trustServerCertificate=true",
        "jdbc:mariadb://db/b?x=sslMode=verify-full",
        "jdbc:mariadb://db/b?sslMode=verify-full&sslMode=disable",
        "jdbc:mariadb://address=(host=db)(sslMode=disable)/b?sslMode=verify-full",
        "jdbc:mariadb:sequential://one,two/b"
      })
  void plaintextLinkToAnotherMachineIsRefused(String url) {
    assertFileRefused(
        "database:\n  url: '" + url + "'",
        "accessTokens.database.url: reaches another machine without verified TLS: add"
            + " sslMode=verify-full (and serverSslCert=/path/ca.pem if the JVM does not trust the"
            + " authority), or set accessTokens.database.allowPlaintext: true if that network is"
            + " trusted ("
            + FILE
            + ":2)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db/b",
        "jdbc:postgresql://10.0.0.5:5432/b?sslmode=prefer",
        "jdbc:postgresql://db/b?sslmode=require",
        "jdbc:postgresql://db/b?sslmode=verify-ca",
        "jdbc:postgresql://db/b?sslmode=verify-full&sslmode=disable",
        "jdbc:postgresql://db/b?sslmode=verify-full&sslfactory=org.postgresql.ssl.NonValidatingFactory",
        "jdbc:postgresql://db/b?sslmode=verify-full&sslhostnameverifier=x.Y",
        "jdbc:postgresql://localhost,db/b?targetServerType=primary"
      })
  void plaintextLinkToPostgresOnAnotherMachineIsRefused(String url) {
    assertFileRefused(
        "database:\n  url: '" + url + "'",
        "accessTokens.database.url: reaches another machine without verified TLS: add"
            + " sslmode=verify-full (and sslrootcert=/path/ca.pem, or"
            + " sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory for the authorities of the"
            + " JVM), or set accessTokens.database.allowPlaintext: true if that network is"
            + " trusted ("
            + FILE
            + ":2)");
  }

  @Test
  void wrongParametersOfPostgresAreReported() {
    String several = "names several servers: add targetServerType=primary, and no other value";
    Map<String, String> expected =
        Map.of(
            "jdbc:postgresql:b",
            "must be one that the driver accepts: jdbc:postgresql://host:5432/database, with"
                + " parameters that it knows",
            "jdbc:postgresql://localhost/b?sslMode=verify-full",
            "has a parameter in the wrong case: it must be sslmode",
            "jdbc:postgresql://localhost/b?hunter2=x",
            "has a parameter that the driver of PostgreSQL does not know",
            "jdbc:postgresql://localhost/b?sslpassword=hunter2",
            "must not contain the password of a key: use a key without a password",
            "jdbc:postgresql://127.0.0.1,localhost/b",
            several,
            "jdbc:postgresql://localhost/b?targetServerType=preferSecondary",
            several);
    expected.forEach(
        (url, message) ->
            assertFileRefused(
                "database:\n  url: '" + url + "'",
                "accessTokens.database.url: " + message + " (" + FILE + ":2)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:tcp://db/b",
        "jdbc:h2:tcp:db/b",
        "jdbc:h2:tcp:db/b://127.0.0.1/b",
        "jdbc:h2:ssl:db:9092/b://localhost/b",
        "jdbc:h2:ssl://10.0.0.5:9092/b",
        "jdbc:h2:tcp://[fe80::1]/b",
        "jdbc:h2:tcp://localhost:9092,db/b",
        "jdbc:h2:tcp://[::1]:9092,db/b"
      })
  void plaintextLinkToH2OnAnotherMachineIsRefused(String url) {
    assertFileRefused(
        "database:\n  url: '" + url + "'",
        "accessTokens.database.url: reaches another machine without verified TLS: set"
            + " accessTokens.database.allowPlaintext: true if that network is trusted ("
            + FILE
            + ":2)");
  }

  @Test
  void invalidPasswordFilesAreReported() throws IOException {
    given.override("accessTokens.database.url", "jdbc:mariadb://localhost/b");
    String text = "database:\n  passwordFile: ./password\n";
    Path file = directory.resolve("./password");
    assertPasswordFileRefused(text, file + " does not exist");
    Map<String, String> reasons =
        Map.of(
            "",
            "is empty",
            "\n",
            "is empty",
            "two\nlines",
            "has more than one line, or control characters",
            "line\n\n",
            "has more than one line, or control characters",
            "tab\t",
            "has more than one line, or control characters",
            "x".repeat(4_097),
            "has more than 4096 bytes");
    for (Map.Entry<String, String> reason : reasons.entrySet()) {
      Files.writeString(file, reason.getKey());
      assertPasswordFileRefused(text, file + " " + reason.getValue());
    }
    Files.write(file, new byte[] {'x', (byte) 0xFF});
    assertPasswordFileRefused(text, file + " is not UTF-8");
    Files.delete(file);
    Files.createDirectory(file);
    assertPasswordFileRefused(text, file + " is not a regular file");
    Files.delete(file);
    Files.writeString(file, "right");
    assertFileRefused(
        text + "  password: x\n",
        "accessTokens.database.passwordFile: must not be set together with"
            + " accessTokens.database.password ("
            + FILE
            + ":2)");
  }

  private void assertPasswordFileRefused(String text, String reason) {
    assertFileRefused(
        text,
        "accessTokens.database.passwordFile: must name a file with one line: "
            + reason
            + " ("
            + FILE
            + ":2)");
  }

  @Test
  void secretInPlaceOfItsFileIsNotShown() {
    given.override("accessTokens.database.url", "jdbc:mariadb://localhost/b");
    for (String secret : List.of("hunter2", "hunter/2", "/hunter/2")) {
      given.variable("ACCESSTOKENS_DATABASE_PASSWORD_FILE", secret);
      assertEquals(
          List.of(
              "accessTokens.database.passwordFile: must name a file with one line: the file does"
                  + " not exist (environment variable ACCESSTOKENS_DATABASE_PASSWORD_FILE)"),
          given.lines());
    }
  }

  /** Otherwise an unset variable with the URL would move all tokens to an empty H2 database. */
  @Test
  void accountOfNoDatabaseIsReported() {
    given.variable("ACCESSTOKENS_DATABASE_URL", " ");
    String end = ": must not be set without accessTokens.database.url (" + FILE + ":1)";
    assertFileRefused(
        "database: {user: a, password: b}",
        "accessTokens.database.user" + end,
        "accessTokens.database.password" + end);
    assertFileRefused(
        "{inMemory: true, database: {user: a}}",
        "accessTokens.inMemory: must not be set together with accessTokens.database.user ("
            + FILE
            + ":1)");
    assertFileRefused(
        "{inMemory: true, database: {jndiName: jdbc/x}}",
        "accessTokens.inMemory: must not be set together with accessTokens.database.jndiName ("
            + FILE
            + ":1)");
    given.variable("ACCESSTOKENS_DATABASE_URL", "jdbc:h2:file:./x");
    Configuration configuration = given.file("database: {user: a, password: b}").load();
    assertInstanceOf(Storage.Jdbc.class, configuration.storage());
  }

  /** A server that accepts no token in an outage would count as ready all the same. */
  @Test
  void outageThatIsLongerThanTheCacheIsReported() {
    String on = "cluster: {onStoreOutage: serve-cached";
    String cache = "\nservice: {cacheTtlSeconds: ";
    assertFileRefused(
        on + ", serveCachedSeconds: 61}",
        "accessTokens.cluster.serveCachedSeconds: must be at most 60, the value of"
            + " accessTokens.service.cacheTtlSeconds: raise that value to at least 61, or lower this"
            + " one in all processes ("
            + FILE
            + ":1)");
    assertFileRefused(
        on + "}" + cache + "0}",
        "accessTokens.service.cacheTtlSeconds: must be at least 30, the value of"
            + " accessTokens.cluster.serveCachedSeconds ("
            + FILE
            + ":2)");
    for (String accepted :
        List.of(
            on + "}",
            on + ", serveCachedSeconds: 61}" + cache + "61}",
            "cluster: {serveCachedSeconds: 61}" + cache + "0}")) {
      assertEquals(List.of(), given.file(accepted).load().warnings(), accepted);
    }
  }

  @Test
  void mutuallyExclusiveSettingsAreReported() {
    given.override("accessTokens.inMemory", "true");
    assertFileRefused(
        "database:\n  url: jdbc:mariadb://localhost/b\ncluster:\n  replicas: many",
        "accessTokens.inMemory: must not be set together with"
            + " accessTokens.database.url (command line)",
        "accessTokens.cluster.replicas: must be single, because the database is in memory or an"
            + " H2 file; many needs a database server ("
            + FILE
            + ":4)");
    given = new SettingsFixture(directory);
    assertFileRefused(
        "database:\n  jndiName: jdbc/x\n  url: jdbc:mariadb://a/b\n  password: x",
        "accessTokens.database.jndiName: must not be set together with accessTokens.database.url ("
            + FILE
            + ":2)",
        "accessTokens.database.jndiName: must not be set together with"
            + " accessTokens.database.password ("
            + FILE
            + ":2)");
    assertFileRefused(
        "dataDir: 'a;b'\ncluster:\n  replicas: many",
        "accessTokens.dataDir: must not contain a semicolon, because H2 does not support it ("
            + FILE
            + ":1)",
        "accessTokens.cluster.replicas: must be single, because the database is in memory or an"
            + " H2 file; many needs a database server ("
            + FILE
            + ":3)");
  }

  @Test
  void errorsShowNoValues() {
    List<String> lines =
        given
            .override("accessTokens.port", "hunter2")
            .variable("ACCESSTOKENS_DATABASE_URL", "jdbc:hunter2")
            .variable("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "hunter2/hunter2/hunter2")
            .file("publicUrl: hunter2\ntls:\n  key: hunter2\nrawToken:\n  servicePrefix: hunter2\n")
            .lines();
    assertTrue(lines.size() >= 6, lines.toString());
    assertFalse(lines.toString().contains("hunter2"), lines.toString());
  }

  @Test
  void invalidGroupDirectoriesAreReported() throws IOException {
    Path groups = Files.writeString(directory.resolve("groups.yaml"), "x");
    assertFileRefused(
        "directory:\n  groupsFile: "
            + groups
            + "\n  backstage:\n    baseUrl: https://backstage.example.com\n    token: 'two words'\n"
            + "    cacheSeconds: 61\n",
        "accessTokens.directory.backstage.token: must be of printable ASCII characters without a"
            + " space ("
            + FILE
            + ":5)",
        "accessTokens.directory.backstage.cacheSeconds: must be at most 60, the value of"
            + " staleSeconds ("
            + FILE
            + ":6)",
        "accessTokens.directory.groupsFile: must not be set together with"
            + " accessTokens.directory.backstage.baseUrl ("
            + FILE
            + ":2)");
    for (String url : List.of("ftp://backstage", "https://u@backstage", "https:/x", "http://b?x")) {
      assertFileRefused(
          "directory:\n  backstage:\n    baseUrl: " + url,
          "accessTokens.directory.backstage.baseUrl: must be an http or https URL with a host,"
              + " without user, query or fragment ("
              + FILE
              + ":3)");
    }
    assertFileRefused(
        "directory:\n  backstage:\n    token: a\n    tokenFile: nowhere\n    staleSeconds: 29\n",
        "accessTokens.directory.backstage.tokenFile: must not be set together with"
            + " accessTokens.directory.backstage.token ("
            + FILE
            + ":4)",
        "accessTokens.directory.backstage.tokenFile: must name a file with one line: the file does"
            + " not exist ("
            + FILE
            + ":4)",
        "accessTokens.directory.backstage.staleSeconds: must be at least 30, the value of"
            + " cacheSeconds ("
            + FILE
            + ":5)",
        "accessTokens.directory.backstage.token: needs accessTokens.directory.backstage.baseUrl ("
            + FILE
            + ":3)",
        "accessTokens.directory.backstage.tokenFile: needs"
            + " accessTokens.directory.backstage.baseUrl ("
            + FILE
            + ":4)");
  }

  @Test
  void catalogTokenIsReadFromAFile() throws IOException {
    Files.writeString(directory.resolve("token"), "a+b/c==\n");
    given.file(
        "directory:\n  backstage:\n    baseUrl: http://backstage.example.com/\n"
            + "    tokenFile: token\n");
    Configuration configuration = given.load();
    Groups.BackstageCatalog catalog = (Groups.BackstageCatalog) configuration.groups();
    assertEquals("a+b/c==", Objects.requireNonNull(catalog.token()).reveal());
    assertFalse(configuration.toString().contains("a+b/c"), configuration.toString());
    String plain =
        "accessTokens.directory.backstage.baseUrl: is plain http, so an attacker on the network path"
            + " can read the token and change the groups of users: use https";
    assertEquals(List.of(plain), configuration.warnings());
    given.file("directory:\n  backstage:\n    baseUrl: http://backstage.example.com/\n");
    assertEquals(
        List.of(plain.replace("read the token and ", "")),
        given.load().warnings(),
        "without a token");
    given.file(
        "directory:\n  backstage:\n    baseUrl: http://127.0.0.1:7007\n    tokenFile: token\n");
    assertEquals(List.of(), given.load().warnings());
  }
}
