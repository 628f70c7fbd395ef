package io.accesstokens.ldap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import io.accesstokens.ldap.LdapServer.Security;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.LdapTree;
import io.accesstokens.testing.server.SlapdServer;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.verify.EntityRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Repeats some tests with a real LDAP server, which can be stricter than the server in this
 * process.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class OpenLdapIT {

  private static final String CAROL = "uid=carol,ou=people,dc=example,dc=com";
  private static final LdapUsers UNLOCKED =
      new LdapUsers(
          LdapFixture.USERS.base(),
          "(&(objectClass=inetOrgPerson)(!(pwdAccountLockedTime=*)))",
          "uid",
          LdapFixture.USERS.ref(),
          "displayName",
          Duration.ZERO);

  private Certificate certificate;
  private SlapdServer server;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    certificate = Certificate.selfSigned(Files.createDirectory(folder.resolve("certificate")));
    server = SlapdServer.in(Files.createDirectory(folder.resolve("slapd")), certificate);
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  private LdapConnections connections(Security security) throws Exception {
    return LdapConnections.create(
        LdapFixture.at("127.0.0.1", port(security), security, trusted(security)));
  }

  private int port(Security security) {
    return security == Security.TLS ? server.tlsPort() : server.port();
  }

  private @Nullable Path trusted(Security security) {
    return security == Security.NONE ? null : certificate.certificateFile();
  }

  private static Set<String> groupsOf(LdapGroupDirectory directory, String user) {
    return directory.groupsOf(EntityRef.parseUser(user).orElseThrow()).stream()
        .map(EntityRef::name)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource(Security.class)
  void usersSignInAndHaveTheirGroups(Security security) throws Exception {
    try (LdapConnections connections = connections(security)) {
      LdapIdentityStore store = new LdapIdentityStore(connections, LdapFixture.USERS);
      assertEquals("user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol"));
      assertEquals("user:default/carol", LdapFixture.signIn(store, "CAROL ", "carolcarol"));
      assertEquals("invalid", LdapFixture.signIn(store, "carol", "wrong"));
      assertEquals("invalid", LdapFixture.signIn(store, "carol", ""));
      assertEquals("invalid", LdapFixture.signIn(store, "carol)(uid=*", "carolcarol"));
      assertEquals("invalid", LdapFixture.signIn(store, "*", "carolcarol"));
      assertEquals("invalid", LdapFixture.signIn(store, "dave", "davedave"));
      LdapGroupDirectory directory =
          new LdapGroupDirectory(connections, LdapFixture.USERS, LdapFixture.groups(Duration.ZERO));
      assertEquals(Set.of("platform", "engineering", "company"), groupsOf(directory, "carol"));
      assertEquals(Set.of("company", "payments", "self"), groupsOf(directory, "erin"));
      assertTrue(
          directory.exists(EntityRef.parseGroup("platform").orElseThrow()), "the group exists");
      assertTrue(
          directory.exists(EntityRef.parseGroup("Platform").orElseThrow()),
          "the group exists in another case");
      assertEquals(false, directory.exists(EntityRef.parseGroup("platforms").orElseThrow()));
      assertEquals(1, directory.search("plat", 10).groups().size());
    }
  }

  @Test
  void lockedAccountCannotSignInUntilItIsUnlocked() throws Exception {
    try (LdapConnections connections = connections(Security.TLS);
        LDAPConnection admin = server.connect()) {
      LdapIdentityStore store = new LdapIdentityStore(connections, UNLOCKED);
      assertEquals("user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol"));
      admin.modify(
          CAROL, new Modification(ModificationType.ADD, "pwdAccountLockedTime", "000001010000Z"));
      assertEquals("invalid", LdapFixture.signIn(store, "carol", "carolcarol"));
      // Without the filter, the sign-in still fails: the server rejects the bind.
      assertEquals(
          "invalid",
          LdapFixture.signIn(
              new LdapIdentityStore(connections, LdapFixture.USERS), "carol", "carolcarol"));
      admin.modify(CAROL, new Modification(ModificationType.DELETE, "pwdAccountLockedTime"));
      assertEquals("user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol"));
    }
  }

  @ParameterizedTest
  @EnumSource(Security.class)
  void killedOrHangingServerIsAnOutageUntilItRecovers(Security security) throws Exception {
    try (LdapConnections connections =
        LdapConnections.create(
            LdapFixture.silentAt("127.0.0.1", port(security), security, trusted(security)))) {
      LdapIdentityStore store = new LdapIdentityStore(connections, LdapFixture.USERS);
      LdapGroupDirectory directory =
          new LdapGroupDirectory(connections, LdapFixture.USERS, LdapFixture.groups(Duration.ZERO));
      awaitSignIn(store);

      server.pause();
      try {
        Parallel.run(12, i -> outage(store, Duration.ofSeconds(12)));
        assertThrows(DirectoryUnavailableException.class, () -> groupsOf(directory, "carol"));
      } finally {
        server.resume();
      }
      awaitSignIn(store);

      server.kill();
      try {
        outage(store, Duration.ofSeconds(3));
      } finally {
        server.start();
      }
      awaitSignIn(store);
      Awaitility.await()
          .ignoreException(DirectoryUnavailableException.class)
          .untilAsserted(
              () ->
                  assertEquals(
                      Set.of("platform", "engineering", "company"), groupsOf(directory, "carol")));
    }
  }

  private static SignInUnavailableException outage(LdapIdentityStore store, Duration limit) {
    return TimeLimits.within(
        limit,
        () ->
            assertThrows(
                SignInUnavailableException.class,
                () -> LdapFixture.signIn(store, "carol", "carolcarol")));
  }

  private static void awaitSignIn(LdapIdentityStore store) {
    Awaitility.await()
        .ignoreException(SignInUnavailableException.class)
        .untilAsserted(
            () ->
                assertEquals(
                    "user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol")));
  }

  @Test
  void concurrentSignInsShareFewConnections() throws Exception {
    try (LdapConnections connections = connections(Security.START_TLS)) {
      LdapIdentityStore store = new LdapIdentityStore(connections, LdapFixture.USERS);
      // During a stop of the machine, a thread can wait for a connection for too long.
      TimeLimits.repeatAfterStop(
          () -> {
            List<String> names =
                Parallel.run(16, i -> LdapFixture.signIn(store, "erin", "erinerin"));
            assertEquals(Set.of("user:default/erin"), Set.copyOf(names));
          });
    }
  }

  @Test
  void wrongServicePasswordIsAnOutage() throws Exception {
    LdapServer wrong =
        new LdapServer(
            "127.0.0.1",
            server.tlsPort(),
            Security.TLS,
            certificate.certificateFile(),
            LdapTree.SERVICE,
            () -> "wrong",
            LdapFixture.LONG,
            LdapFixture.LONG,
            2);
    try (LdapConnections connections = LdapConnections.create(wrong)) {
      outage(new LdapIdentityStore(connections, LdapFixture.USERS), Duration.ofSeconds(12));
    }
  }
}
