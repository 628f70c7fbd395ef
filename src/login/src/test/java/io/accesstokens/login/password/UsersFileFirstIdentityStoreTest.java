package io.accesstokens.login.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.benmanes.caffeine.cache.Ticker;
import io.accesstokens.ldap.LdapConnections;
import io.accesstokens.ldap.LdapIdentityStore;
import io.accesstokens.ldap.LdapServer;
import io.accesstokens.ldap.LdapUsers;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.testing.server.LdapTree;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts the work for each kind of name: password hashes, and requests to a real LDAP server. */
class UsersFileFirstIdentityStoreTest {

  private record Work(int hashes, int searches, int binds) {}

  private final AtomicInteger hashes = new AtomicInteger();
  private LdapTree tree;
  private LdapConnections connections;
  private UsersFileFirstIdentityStore store;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    tree = LdapTree.start();
    connections =
        LdapConnections.create(
            new LdapServer(
                "127.0.0.1",
                tree.port(),
                LdapServer.Security.NONE,
                null,
                LdapTree.SERVICE,
                () -> LdapTree.PASSWORD,
                Duration.ofMinutes(3),
                Duration.ofMinutes(3),
                4));
    LdapIdentityStore ldap =
        new LdapIdentityStore(
            connections,
            new LdapUsers(
                "ou=people," + LdapTree.BASE,
                "(&(objectClass=inetOrgPerson)(!(employeeType=disabled)))",
                "uid",
                EntityRefTemplate.ofUsers("user:default/{uid}").orElseThrow(),
                "displayName",
                Duration.ZERO));
    Path file =
        Files.writeString(
            folder.resolve("people.yaml"),
            "people: [{username: rescue, userEntityRef: Erin, password: %s}]"
                .formatted(Fixtures.decoyText()));
    UsersFile usersFile = UsersFile.at(file, InstantSource.system());
    store =
        new UsersFileFirstIdentityStore(
            usersFile,
            new UsersFileIdentityStore(
                usersFile,
                (hash, password) -> {
                  hashes.incrementAndGet();
                  return String.valueOf(password.characters()).equals("right");
                },
                Ticker.systemTicker(),
                new Bulkhead(1, 4, Duration.ofMinutes(3)),
                new Bulkhead(1, 4, Duration.ofMinutes(3)),
                Duration.ofMinutes(3)),
            ldap,
            ldap::simulateRejection);
    work("carol", "wrong"); // opens the connection
  }

  @AfterEach
  void stop() {
    connections.close();
    tree.close();
  }

  private Work work(String name, String password) {
    int hashed = hashes.get();
    int searches = tree.searches();
    int binds = tree.binds();
    assertEquals(Status.INVALID, validate(name, password), name);
    return new Work(hashes.get() - hashed, tree.searches() - searches, tree.binds() - binds);
  }

  private Status validate(String name, String password) {
    return store.validate(new UsernamePasswordCredential(name, password)).getStatus();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "rescue, wrong", // in the file
    "carol, wrong", // in LDAP
    "erin, erinerin", // in LDAP with the right password, but the file has that user
    "dave, davedave", // disabled in LDAP
    "unknown, wrong"
  })
  void refusalCostsTheSameForAnyName(String name, String password) {
    Work expected = work("carol", "wrong");
    assertEquals(1, expected.hashes(), expected::toString);
    assertEquals(1, expected.searches(), expected::toString);
    assertEquals(expected, work(name, password));
    assertEquals(new Work(0, 0, 0), work(name, "\n"), "a text that cannot be a password");
  }

  @Test
  void usersOfTheFileSignInWithoutTheServerAndRefusalsNeedIt() {
    assertEquals(Status.VALID, validate("carol", "carolcarol"));
    tree.stop();
    assertEquals(Status.VALID, validate("rescue", "right"));
    for (String name : new String[] {"rescue", "carol", "unknown"}) {
      assertThrows(SignInUnavailableException.class, () -> validate(name, "wrong"), name);
    }
  }
}
