package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.logging.LogFormat;
import io.accesstokens.app.notice.NoticeConfiguration;
import io.accesstokens.app.settings.ServiceTokenSettings.Rotation.SelfRotationMode;
import io.accesstokens.app.settings.source.Leaf;
import io.accesstokens.app.settings.source.Setting;
import io.accesstokens.app.settings.storage.ClusterSettings.OnStoreOutage;
import io.accesstokens.app.settings.storage.ClusterSettings.Replicas;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.app.transparency.publication.Publication;
import io.accesstokens.notice.ExpiryThresholds;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawTokenFormat;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultSettingsTest {

  @TempDir Path directory;

  @Test
  void everyDefaultIsPinned() {
    Settings settings = new SettingsFixture(directory).load().settings();

    assertEquals("127.0.0.1", settings.host());
    assertEquals(8080, settings.port());
    assertEquals(Optional.empty(), settings.publicUrl());
    assertEquals(Optional.empty(), settings.trustedProxies());
    assertEquals(600, settings.rateLimits().unknownTokensPerMinute());
    assertEquals(10, settings.rateLimits().failedSignInsPerMinute());
    assertEquals(1_200, settings.rateLimits().serviceTokenChangesPerMinute());
    assertEquals(60, settings.rateLimits().personalTokenChangesPerMinute());
    assertEquals(60, settings.rateLimits().tokenExchangesPerMinute());
    assertEquals(10, settings.rateLimits().selfRotationsPerMinute());
    assertEquals(10, settings.requests().deadlineSeconds());
    assertEquals(50, settings.requests().incompletePerAddress());
    assertEquals(175, settings.requests().maxConcurrent());
    assertEquals(Path.of("./data"), settings.dataDir());
    assertFalse(settings.inMemory(), "inMemory");
    assertEquals(Optional.empty(), settings.tls().certificate());
    assertEquals(Optional.empty(), settings.tls().key());
    assertEquals(0, settings.shutdown().delaySeconds());
    assertEquals(365, settings.service().maxTokenLifetimeDays());
    assertEquals(OptionalInt.empty(), settings.service().defaultTokenLifetimeDays());
    assertEquals(List.of(), settings.service().scopes());
    assertEquals(Optional.empty(), settings.service().admin().userEntityRefs());
    assertEquals(Optional.empty(), settings.service().admin().groupEntityRefs());
    assertEquals(Optional.empty(), settings.service().auditor().userEntityRefs());
    assertEquals(Optional.empty(), settings.service().auditor().groupEntityRefs());
    assertEquals(Optional.empty(), settings.service().admin().roles());
    assertEquals(Optional.empty(), settings.service().auditor().roles());
    assertFalse(settings.service().allowTokenManagement(), "service.allowTokenManagement");
    assertFalse(settings.service().allowIntrospection(), "service.allowIntrospection");
    assertEquals(60, settings.service().cacheTtlSeconds());
    assertEquals(86_400, settings.service().rotation().defaultGraceSeconds());
    assertEquals(2_592_000, settings.service().rotation().maxGraceSeconds());
    assertEquals(SelfRotationMode.OFF, settings.service().rotation().self());
    assertTrue(settings.personal().enabled(), "personal.enabled");
    assertEquals(30, settings.personal().defaultExpiryDays());
    assertEquals(365, settings.personal().maxExpiryDays());
    assertEquals(200, settings.personal().maxLiveTokens());
    assertEquals(Optional.empty(), settings.personal().encryptionKey());
    assertEquals(Optional.empty(), settings.personal().previousEncryptionKey());
    assertEquals(90, settings.personal().signingKeyDays());
    assertEquals(Optional.empty(), settings.personal().audience());
    assertEquals(List.of(), settings.personal().audienceScopes());
    assertEquals(List.of(), settings.personal().applications());
    assertEquals(Optional.empty(), settings.introspection().userEntityRefs());
    assertTrue(settings.policy().ownGroups(), "policy.ownGroups");
    assertTrue(settings.policy().personalTokens(), "policy.personalTokens");
    assertTrue(settings.policy().permissionRoles(), "policy.permissionRoles");
    assertEquals(List.of(), settings.policy().grants());
    assertEquals(List.of(), settings.policy().limits());
    assertEquals("bsat_", settings.rawToken().servicePrefix());
    assertEquals("bpat_", settings.rawToken().personalPrefix());
    assertFalse(settings.rawToken().acceptWithoutChecksum(), "rawToken.acceptWithoutChecksum");
    assertTrue(settings.login().basic(), "login.basic");
    assertEquals(Optional.empty(), settings.login().usersFile());
    assertFalse(settings.login().container(), "login.container");
    assertEquals("user:default/{name}", settings.login().containerUserEntityRef());
    assertEquals(List.of(), settings.login().jwt());
    assertLdapDefaults(settings.login().ldap());
    assertEquals(Optional.empty(), settings.cors().allowedOrigins());
    assertEquals(LogFormat.TEXT, settings.log().format());
    assertEquals(Optional.empty(), settings.log().levels());
    assertFalse(settings.log().access(), "log.access");
    assertTrue(settings.metrics().enabled(), "metrics.enabled");
    assertFalse(settings.metrics().allowScope(), "metrics.allowScope");
    assertEquals(Optional.empty(), settings.metrics().allowedAddresses());
    assertEquals(Optional.empty(), settings.auditLog().origin());
    assertFalse(settings.auditLog().allowScope(), "auditLog.allowScope");
    assertFalse(settings.auditLog().publishHashes(), "auditLog.publishHashes");
    assertFalse(settings.auditLog().hashReasons(), "auditLog.hashReasons");
    assertEquals(365, settings.auditLog().minimumRetentionDays());
    assertEquals(Optional.empty(), settings.auditLog().publication().directory());
    assertEquals(60, settings.auditLog().publication().intervalSeconds());
    assertEquals(Optional.empty(), settings.auditLog().publication().webhook().url());
    assertEquals(Optional.empty(), settings.auditLog().publication().webhook().secret());
    assertEquals(Optional.empty(), settings.auditLog().publication().webhook().allowedAddresses());
    assertEquals(List.of(), settings.auditLog().witnesses());
    assertEquals(List.of(), settings.auditLog().stream().webhooks());
    assertEquals(List.of(), settings.auditLog().stream().syslog());
    assertEquals(List.of(), settings.auditLog().stream().files());
    assertTrue(settings.usage().callers(), "usage.callers");
    assertEquals(OptionalInt.empty(), settings.management().port());
    assertEquals("127.0.0.1", settings.management().host());
    OidcSettings oidc = settings.login().oidc();
    assertEquals(Optional.empty(), oidc.issuer());
    assertEquals(Optional.empty(), oidc.clientId());
    assertEquals(Optional.empty(), oidc.clientSecret());
    assertEquals("profile", oidc.scopes());
    assertEquals("Single sign-on", oidc.title());
    assertEquals("user:default/{preferred_username}", oidc.userEntityRef());
    assertEquals(Optional.empty(), oidc.groupsClaim());
    assertEquals(List.of(), oidc.groups());
    assertEquals(Optional.empty(), oidc.groupEntityRef());
    assertEquals(30, settings.session().idleMinutes());
    assertEquals(12, settings.session().absoluteHours());
    assertEquals(12, settings.session().freshSignInHours());
    assertEquals(Optional.empty(), settings.directory().groupsFile());
    assertTrue(settings.directory().nestedGroups(), "directory.nestedGroups");
    assertEquals(Optional.empty(), settings.directory().backstage().baseUrl());
    assertEquals(Optional.empty(), settings.directory().backstage().token());
    assertEquals(2000, settings.directory().backstage().timeoutMillis());
    assertEquals(30, settings.directory().backstage().cacheSeconds());
    assertEquals(60, settings.directory().backstage().staleSeconds());
    assertEquals(10_000, settings.directory().backstage().maximumEntries());
    assertEquals(Optional.empty(), settings.notices().expiryDays());
    assertEquals(6, settings.notices().dailyHour());
    assertEquals(Optional.empty(), settings.notices().mail().host());
    assertEquals(587, settings.notices().mail().port());
    assertTrue(settings.notices().mail().startTls(), "notices.mail.startTls");
    assertEquals(Optional.empty(), settings.notices().mail().user());
    assertEquals(Optional.empty(), settings.notices().mail().password());
    assertEquals(Optional.empty(), settings.notices().mail().from());
    assertEquals(List.of(), settings.notices().webhooks());
    assertEquals(Optional.empty(), settings.database().url());
    assertEquals(Optional.empty(), settings.database().user());
    assertEquals(Optional.empty(), settings.database().password());
    assertFalse(settings.database().allowPlaintext(), "database.allowPlaintext");
    assertEquals(10, settings.database().maximumPoolSize());
    assertEquals(Optional.empty(), settings.database().jndiName());
    assertEquals(Optional.empty(), settings.cluster().replicas());
    assertEquals(500, settings.cluster().leaseMillis());
    assertEquals(OnStoreOutage.REFUSE, settings.cluster().onStoreOutage());
    assertEquals(30, settings.cluster().serveCachedSeconds());
    // A new setting must be pinned above, then counted here. The 27 lists of texts count twice.
    assertEquals(190 + 27, SettingsLoader.SCHEMA.names().size());
  }

  private static void assertLdapDefaults(LoginSettings.Ldap ldap) {
    assertEquals(Optional.empty(), ldap.url());
    assertFalse(ldap.startTls(), "ldap.startTls");
    assertEquals(Optional.empty(), ldap.caFile());
    assertEquals(Optional.empty(), ldap.bindDn());
    assertEquals(Optional.empty(), ldap.bindPassword());
    assertEquals(Optional.empty(), ldap.userBase());
    assertEquals("(objectClass=inetOrgPerson)", ldap.userFilter());
    assertEquals("uid", ldap.usernameAttribute());
    assertEquals("user:default/{uid}", ldap.userEntityRef());
    assertEquals("cn", ldap.displayNameAttribute());
    assertEquals(Optional.empty(), ldap.groupBase());
    assertEquals("(objectClass=groupOfNames)", ldap.groupFilter());
    assertEquals("group:default/{cn}", ldap.groupEntityRef());
    assertEquals("member", ldap.memberAttribute());
    assertEquals(30, ldap.cacheSeconds());
    assertEquals(2000, ldap.connectTimeoutMillis());
    assertEquals(3000, ldap.readTimeoutMillis());
    assertEquals(8, ldap.maximumConnections());
  }

  @Test
  void issuerDefaultsArePinned() {
    LoginSettings.JwtIssuer issuer =
        new SettingsFixture(directory)
            .file(
                """
                login:
                  jwt:
                    - {issuer: 'https://a.example', audience: us, jwksUrl: 'https://a.example/k'}
                """)
            .load()
            .settings()
            .login()
            .jwt()
            .get(0);
    assertEquals("ES256,RS256", issuer.algorithms());
    assertEquals("{sub}", issuer.userEntityRef());
    assertEquals("{ent}", issuer.groupEntityRef());
    assertEquals(60, issuer.clockSkewSeconds());
    assertEquals(3000, issuer.timeoutMillis());
  }

  @Test
  void derivedDefaultsArePinned() {
    Configuration configuration = new SettingsFixture(directory).load();

    assertEquals(ScopeCatalog.defaults(), configuration.scopeCatalog());
    assertEquals(
        new CreationPolicy(
            ScopeCatalog.defaults(), 365, 365, List.of(), new SignInAge(Duration.ofHours(12))),
        configuration.creationPolicy());
    assertEquals(
        PersonalCreationPolicy.of(configuration.creationPolicy(), 365, 30, 200),
        configuration.personalCreationPolicy());
    assertEquals(RotationPolicy.DEFAULT, configuration.rotationPolicy());
    assertEquals(
        new PermissionPolicy(users("alice"), users("bob")), configuration.permissionPolicy());
    assertEquals(new Groups.Sample(), configuration.groups());
    assertEquals(RawTokenFormat.DEFAULT, configuration.rawTokenFormat());
    assertEquals(directory.resolve("data"), configuration.dataDirectory());
    assertEquals(Optional.<URI>empty(), configuration.publicUrl());
    assertEquals(Replicas.SINGLE, configuration.replicas());
    assertTrue(configuration.hasSampleUsers(), "hasSampleUsers");
    assertEquals(new Federation(List.of(), null, Set.of()), configuration.federation());
    assertNull(configuration.keySealOrNull());
    assertEquals(
        new NoticeConfiguration(
            new ExpiryThresholds(List.of(60, 30, 14, 7, 1)), Duration.ofHours(6), null, List.of()),
        configuration.notices());
    assertEquals(Publication.NONE, configuration.publication());
    assertEquals(List.of(), configuration.audiences());
    assertEquals(List.of(), configuration.warnings());
    Storage.Jdbc jdbc = assertInstanceOf(Storage.Jdbc.class, configuration.storage());
    assertEquals(
        "jdbc:h2:file:"
            + directory.resolve("data/access-tokens")
            + ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0",
        jdbc.url());
    assertEquals(Optional.empty(), jdbc.user());
    assertEquals(Optional.empty(), jdbc.password());
    assertEquals(10, jdbc.maximumPoolSize());
  }

  @Test
  void everyBoundIsPinned() {
    StringBuilder bounds = new StringBuilder();
    for (String name : SettingsLoader.SCHEMA.names()) {
      Leaf leaf = SettingsLoader.SCHEMA.leaf(name.replace("[]", "[0]")).orElseThrow();
      if (leaf.type() == int.class) {
        Setting setting = leaf.setting();
        bounds.append(name.substring(name.indexOf('.') + 1));
        bounds.append(setting == null ? " none" : " %d %d".formatted(setting.min(), setting.max()));
        bounds.append('\n');
      }
    }
    assertEquals(
        """
        auditLog.minimumRetentionDays 1 36500
        auditLog.publication.intervalSeconds 1 86400
        auditLog.stream.syslog[].port 1 65535
        cluster.leaseMillis 100 60000
        cluster.serveCachedSeconds 1 3600
        database.maximumPoolSize 3 1000
        directory.backstage.cacheSeconds 1 3600
        directory.backstage.maximumEntries 1 1000000
        directory.backstage.staleSeconds 1 3600
        directory.backstage.timeoutMillis 100 60000
        login.jwt[].clockSkewSeconds 0 300
        login.jwt[].timeoutMillis 100 30000
        login.ldap.cacheSeconds 0 3600
        login.ldap.connectTimeoutMillis 100 30000
        login.ldap.maximumConnections 1 200
        login.ldap.readTimeoutMillis 100 30000
        management.port 0 65535
        notices.dailyHour 0 23
        notices.mail.port 1 65535
        personal.defaultExpiryDays 1 36500
        personal.maxExpiryDays 1 36500
        personal.maxLiveTokens 1 10000
        personal.signingKeyDays 1 3650
        policy.limits[].maxLifetimeDays 1 36500
        policy.limits[].maxLiveTokensPerGroup 1 10000
        policy.limits[].maxLiveTokensPerUser 1 10000
        port 0 65535
        rateLimits.failedSignInsPerMinute 0 1000000
        rateLimits.personalTokenChangesPerMinute 0 1000000
        rateLimits.selfRotationsPerMinute 0 1000000
        rateLimits.serviceTokenChangesPerMinute 0 1000000
        rateLimits.tokenExchangesPerMinute 0 1000000
        rateLimits.unknownTokensPerMinute 0 1000000
        requests.deadlineSeconds 1 600
        requests.incompletePerAddress 1 100000
        requests.maxConcurrent 1 10000
        service.cacheTtlSeconds 0 86400
        service.defaultTokenLifetimeDays 1 36500
        service.maxTokenLifetimeDays 1 36500
        service.rotation.defaultGraceSeconds 0 31536000
        service.rotation.maxGraceSeconds 0 31536000
        session.absoluteHours 1 720
        session.freshSignInHours 0 720
        session.idleMinutes 1 10080
        shutdown.delaySeconds 0 300
        """,
        bounds.toString());
  }

  private static Grantees users(String name) {
    return new Grantees(Set.of(new EntityRef(EntityRef.USER, "default", name)), Set.of());
  }
}
