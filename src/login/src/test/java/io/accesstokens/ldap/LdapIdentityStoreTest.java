package io.accesstokens.ldap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.unboundid.ldap.protocol.BindResponseProtocolOp;
import com.unboundid.ldap.protocol.LDAPMessage;
import com.unboundid.ldap.protocol.SearchResultEntryProtocolOp;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import io.accesstokens.ldap.LdapServer.Security;
import io.accesstokens.login.AuthenticatedUser;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.login.password.UsersFile;
import io.accesstokens.login.password.UsersFileFirstIdentityStore;
import io.accesstokens.testing.RandomCase;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.LdapTree;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.verify.EntityRef;
import jakarta.security.enterprise.credential.CallerOnlyCredential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the sign-in with a name and a password, with an LDAP server in this process. */
class LdapIdentityStoreTest {

  private LdapTree tree;
  private LdapConnections connections;
  private LdapIdentityStore store;

  @BeforeEach
  void start() throws Exception {
    tree = LdapTree.start();
    connections = LdapConnections.create(LdapFixture.plain(tree.port()));
    store = new LdapIdentityStore(connections, LdapFixture.USERS);
  }

  @AfterEach
  void end() {
    connections.close();
    tree.close();
  }

  @ParameterizedTest(name = "{0} with {1}: {2}")
  @CsvSource({
    "carol, carolcarol, user:default/carol",
    // The server treats it as the same name, and the directory has its canonical spelling.
    "CAROL, carolcarol, user:default/carol",
    "carol, carol,      invalid",
    "carol, CAROLCAROL, invalid",
    "erin,  carolcarol, invalid",
    "zoe,   zoezoe,     invalid",
    // A disabled account.
    "dave,  davedave,   invalid",
    // Other entries and other attributes.
    "service, service-secret, invalid",
    "platform, platformplatform, invalid",
    "'uid=carol,ou=people,dc=example,dc=com', carolcarol, invalid",
  })
  void userSignsInByNameAndPassword(String username, String password, String expected) {
    assertEquals(expected, LdapFixture.signIn(store, username, password));
  }

  /** A server treats an empty password as an anonymous bind, which succeeds. */
  @Test
  void emptyPasswordIsInvalid() {
    assertEquals("invalid", LdapFixture.signIn(store, "carol", ""));
    assertEquals("invalid", LdapFixture.signIn(store, "", ""));
    assertEquals("invalid", LdapFixture.signIn(store, "", "carolcarol"));
    assertEquals("invalid", LdapFixture.signIn(store, " ", "carolcarol"));
    assertEquals("invalid", LdapFixture.signIn(store, "carol", "\u0000"));
    assertEquals(false, connections.hasPassword("", "uid=carol,ou=people,dc=example,dc=com", ""));
    assertEquals(false, connections.hasPassword("", "", "x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "c*",
        "carol)(uid=*",
        "*)(objectClass=*",
        "carol)(|(uid=*",
        "x)(|(uid=carol)",
        "\\63arol",
        "carol\\00",
        "carol\u0000",
        "carol)(&",
        "(uid=carol)",
        "))))",
        "((((",
        "!",
        "carol&",
        "|carol"
      })
  void filterSyntaxInANameIsNotInterpreted(String username) {
    assertEquals("invalid", LdapFixture.signIn(store, username, "carolcarol"));
  }

  @Test
  void randomNamesNeverMatchAnotherUser() {
    List<String> pieces =
        List.of(
            "*", "(", ")", "\\", "&", "|", "!", "=", "~", "<", ":", ",", "+", "\"", ";", "carol");
    RandomCase.check(
        300,
        random -> {
          StringBuilder name = new StringBuilder();
          for (int i = random.below(8); i >= 0; i--) {
            name.append(random.below(4) == 0 ? random.text(1) : random.oneOf(pieces));
          }
          // The attribute's matching rule ignores case and surrounding spaces.
          boolean carol = name.toString().strip().equalsIgnoreCase("carol");
          if (!carol) {
            assertEquals("invalid", LdapFixture.signIn(store, name.toString(), "carolcarol"));
          }
        });
  }

  @Test
  void ambiguousNameIsInvalid() {
    LdapUsers byMail =
        new LdapUsers(
            LdapFixture.USERS.base(),
            LdapFixture.USERS.filter(),
            "mail",
            LdapFixture.USERS.ref(),
            "displayName",
            Duration.ZERO);
    LdapIdentityStore mail = new LdapIdentityStore(connections, byMail);
    assertEquals("invalid", LdapFixture.signIn(mail, "shared@example.com", "frankfrank"));
    assertEquals("invalid", LdapFixture.signIn(mail, "carol", "carolcarol"));
  }

  @Test
  void entryWithoutAValidRefIsInvalid() throws Exception {
    tree.server()
        .add(
            "dn: uid=a b,ou=people,dc=example,dc=com",
            "objectClass: inetOrgPerson",
            "uid: a b",
            "userPassword: abab");
    assertEquals("invalid", LdapFixture.signIn(store, "a b", "abab"));
    LdapUsers byEmployeeNumber =
        new LdapUsers(
            LdapFixture.USERS.base(),
            LdapFixture.USERS.filter(),
            "uid",
            EntityRefTemplate.ofUsers("user:corp/{employeeNumber}").orElseThrow(),
            "displayName",
            Duration.ZERO);
    LdapIdentityStore numbers = new LdapIdentityStore(connections, byEmployeeNumber);
    assertEquals("invalid", LdapFixture.signIn(numbers, "carol", "carolcarol"));
    tree.server().modify("uid=carol,ou=people,dc=example,dc=com", add("employeeNumber", "17"));
    assertEquals("user:corp/17", LdapFixture.signIn(numbers, "carol", "carolcarol"));
    // Two values are ambiguous, because the name of the entry contains neither of them.
    tree.server().modify("uid=carol,ou=people,dc=example,dc=com", add("employeeNumber", "18"));
    assertEquals("invalid", LdapFixture.signIn(numbers, "carol", "carolcarol"));
  }

  private static Modification add(String attribute, String value) {
    return new Modification(ModificationType.ADD, attribute, value);
  }

  @Test
  void nameInTheDnIsUsedIfThereAreSeveral() throws Exception {
    tree.server().modify("uid=carol,ou=people,dc=example,dc=com", add("uid", "a-carol"));
    assertEquals("user:default/carol", LdapFixture.signIn(store, "a-carol", "carolcarol"));
  }

  @Test
  void disabledAccountIsInvalidAtOnce() throws Exception {
    assertEquals("user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol"));
    tree.server().modify("uid=carol,ou=people,dc=example,dc=com", add("employeeType", "disabled"));
    assertEquals("invalid", LdapFixture.signIn(store, "carol", "carolcarol"));
  }

  private static EntityRef user(String name) {
    return new EntityRef(EntityRef.USER, "default", name);
  }

  /** A session or a personal token is valid only while the user's account exists. */
  @Test
  void accountStatusEndsWithTheAccount() throws Exception {
    String carol = store.accountStatus("carol", null).orElseThrow();
    assertEquals(carol, store.accountStatus("CAROL", null).orElseThrow());
    assertTrue(carol.length() <= 100 && !carol.contains("carol"), carol);
    assertEquals(Optional.empty(), store.accountStatus("zoe", null));
    assertEquals(Optional.empty(), store.accountStatus("*", null));
    tree.server().modify("uid=carol,ou=people,dc=example,dc=com", add("employeeType", "disabled"));
    assertEquals(Optional.empty(), store.accountStatus("carol", null));
    assertEquals(Presence.GONE, store.presence(user("carol")));
    assertEquals(Presence.GONE, store.presence(user("zoe")));
    assertEquals(Presence.PRESENT, store.presence(user("erin")));
    tree.stop();
    assertEquals(Presence.UNKNOWN, store.presence(user("erin")));
    assertThrows(DirectoryUnavailableException.class, () -> store.accountStatus("carol", null));
  }

  private LdapIdentityStore caching() {
    LdapUsers all = LdapFixture.USERS;
    return new LdapIdentityStore(
        connections,
        new LdapUsers(
            all.base(),
            all.filter(),
            all.usernameAttribute(),
            all.ref(),
            all.displayNameAttribute(),
            Duration.ofHours(1)));
  }

  /** The other replica has started a session after a sign-in with the new entry. */
  @Test
  void accountStatusThatAnotherReplicaRecordedIsReadAgain() throws Exception {
    LdapIdentityStore caching = caching();
    String before = caching.accountStatus("erin", null).orElseThrow();
    tree.server().modifyDN("uid=erin,ou=people,dc=example,dc=com", "cn=erin", false);
    assertEquals(Optional.of(before), caching.accountStatus("erin", before), "cached");
    String recorded = store.accountStatus("erin", null).orElseThrow();
    assertEquals(Optional.of(recorded), caching.accountStatus("erin", recorded));
    assertEquals(Optional.of(recorded), caching.accountStatus("erin", before), "now cached");
  }

  @Test
  void validPasswordReplacesTheCachedAccountStatus() throws Exception {
    LdapIdentityStore caching = caching();
    String dn = "uid=dave,ou=people,dc=example,dc=com";
    assertEquals(Optional.empty(), caching.accountStatus("dave", null));
    tree.server().modify(dn, new Modification(ModificationType.DELETE, "employeeType"));
    Optional<String> enabled = caching.accountStatus("dave", null);
    assertEquals(
        store.accountStatus("dave", null), enabled, "the absence of an account was cached");
    tree.server().modifyDN(dn, "cn=dave", false);
    assertEquals("invalid", LdapFixture.signIn(caching, "dave", "wrong"));
    assertEquals(enabled, caching.accountStatus("dave", null));
    assertEquals("user:default/dave", LdapFixture.signIn(caching, "dave", "davedave"));
    assertEquals(store.accountStatus("dave", null), caching.accountStatus("dave", null));
  }

  @Test
  void otherCredentialTypesAreNotValidated() {
    assertEquals(
        CredentialValidationResult.NOT_VALIDATED_RESULT,
        store.validate(new CallerOnlyCredential("carol")));
  }

  @Test
  void stoppedServerIsAnOutageUntilItRestarts() throws Exception {
    assertEquals("user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol"));
    try (RecordedLog log = new RecordedLog(LdapConnections.class)) {
      tree.stop();
      for (int i = 0; i < 3; i++) {
        assertOutage(Duration.ofSeconds(3));
      }
      assertTrue(log.lines().get(0).contains("is unavailable"), log.lines()::toString);
      tree.restart();
      Awaitility.await()
          .ignoreException(SignInUnavailableException.class)
          .untilAsserted(
              () ->
                  assertEquals(
                      "user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol")));
      assertEquals(List.copyOf(new LinkedHashSet<>(log.lines())), log.lines(), "each line once");
      assertTrue(
          log.lines().get(log.lines().size() - 1).startsWith("INFO recovered: the LDAP server"),
          log.lines()::toString);
    }
  }

  /**
   * After a restart of the server, the pooled connections are dead. A sign-in succeeds
   * nevertheless.
   */
  @Test
  void restartedServerIsNoOutage() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertEquals("user:default/carol", LdapFixture.signIn(store, "carol", "carolcarol"));
      tree.stop();
      tree.restart();
    }
  }

  private void assertOutage(Duration within) {
    TimeLimits.within(
        within,
        () ->
            assertThrows(
                SignInUnavailableException.class,
                () -> LdapFixture.signIn(store, "carol", "carolcarol")));
  }

  /** Each wait has a timeout. If one timeout were missing, this test would not end. */
  @Test
  @Timeout(300)
  void silentServerIsAnOutageInBoundedTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      for (Security security : Security.values()) {
        try (LdapConnections other =
            LdapConnections.create(
                LdapFixture.silentAt("127.0.0.1", silent.getLocalPort(), security, null))) {
          store = new LdapIdentityStore(other, LdapFixture.USERS);
          assertOutage(Duration.ofSeconds(6));
        }
      }
    }
  }

  /** Each byte arrives within the timeout, the whole response does not. */
  @Test
  @Timeout(300)
  void slowResponseIsAnOutageInBoundedTime() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedLdapServer slow =
            new ScriptedLdapServer(
                (request, in, out) -> {
                  if (!bound(request, out)) {
                    for (byte b : entry(request)) {
                      out.write(b);
                      if (over.await(500, TimeUnit.MILLISECONDS)) {
                        return;
                      }
                    }
                  }
                });
        LdapConnections other =
            LdapConnections.create(
                LdapFixture.silentAt("127.0.0.1", slow.port(), Security.NONE, null))) {
      store = new LdapIdentityStore(other, LdapFixture.USERS);
      assertOutage(Duration.ofSeconds(6));
    } finally {
      over.countDown();
    }
  }

  /** The response has a limited length, so its time does not matter. */
  @Test
  @Timeout(300)
  void endlessResponseIsAnOutage() throws Exception {
    try (ScriptedLdapServer endless =
            new ScriptedLdapServer(
                (request, in, out) -> {
                  while (!bound(request, out)) {
                    out.write(entry(request));
                  }
                });
        LdapConnections other = LdapConnections.create(LdapFixture.plain(endless.port()))) {
      store = new LdapIdentityStore(other, LdapFixture.USERS);
      assertOutage(Duration.ofSeconds(15));
    }
  }

  /** Accepts a request to bind. Returns false if it is another request. */
  private static boolean bound(LDAPMessage request, OutputStream out) throws IOException {
    boolean bind = request.getProtocolOpType() == LDAPMessage.PROTOCOL_OP_TYPE_BIND_REQUEST;
    if (bind) {
      out.write(
          ScriptedLdapServer.response(
              request, new BindResponseProtocolOp(0, null, null, null, null)));
    }
    return bind;
  }

  private static byte[] entry(LDAPMessage request) {
    return ScriptedLdapServer.response(
        request,
        new SearchResultEntryProtocolOp(
            "uid=carol,ou=people,dc=example,dc=com",
            List.of(new Attribute("description", "x".repeat(10_000)))));
  }

  @Test
  void invalidServerResponseIsAnOutage() throws Exception {
    // In LDAP, the second byte is the length of a message.
    byte[] page = "HTTP/1.1 400 Bad Request\r\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
    try (ScriptedLdapServer web = new ScriptedLdapServer((request, in, out) -> out.write(page));
        LdapConnections other = LdapConnections.create(LdapFixture.plain(web.port()))) {
      store = new LdapIdentityStore(other, LdapFixture.USERS);
      assertOutage(Duration.ofSeconds(6));
    }
  }

  @Test
  void wrongServicePasswordIsAnOutage() throws Exception {
    LdapServer wrong =
        new LdapServer(
            "127.0.0.1",
            tree.port(),
            Security.NONE,
            null,
            LdapTree.SERVICE,
            () -> "wrong",
            LdapFixture.LONG,
            LdapFixture.LONG,
            4);
    try (LdapConnections other = LdapConnections.create(wrong)) {
      store = new LdapIdentityStore(other, LdapFixture.USERS);
      assertOutage(Duration.ofSeconds(3));
      assertEquals("127.0.0.1:" + tree.port(), wrong.toString());
    }
  }

  /** For example, the server has {@code security simple_bind=128}, and the connection no TLS. */
  @ParameterizedTest
  @ValueSource(ints = {7, 8, 13})
  void serverWithoutPasswordsIsAnOutageForAnyName(int code) throws Exception {
    try (ScriptedLdapServer server =
            new ScriptedLdapServer(
                (request, in, out) -> {
                  boolean service =
                      request.getBindRequestProtocolOp().getBindDN().equals(LdapTree.SERVICE);
                  out.write(
                      ScriptedLdapServer.response(
                          request,
                          new BindResponseProtocolOp(service ? 0 : code, null, null, null, null)));
                });
        LdapConnections other = LdapConnections.create(LdapFixture.plain(server.port()))) {
      String base = LdapFixture.USERS.base();
      assertThrows(
          LdapUnavailableException.class, () -> other.hasPassword("", "uid=carol," + base, "x"));
      assertThrows(LdapUnavailableException.class, () -> other.bindAsUnknownUser("", base));
    }
  }

  /**
   * The server rejects the service account only on a new connection. Pooled connections still work.
   */
  @Test
  void refusedServiceAccountIsNotAWrongPassword() {
    tree.refuseService();
    assertThrows(
        LdapUnavailableException.class,
        () -> connections.hasPassword("", "uid=carol,ou=people,dc=example,dc=com", "carolcarol"));
  }

  @Test
  void displayNameComesFromTheDirectory() {
    assertEquals("Carol Jones", displayName("carol"));
    // Without the attribute, there is no display name.
    assertEquals(null, displayName("erin"));
  }

  private @Nullable String displayName(String name) {
    CredentialValidationResult result =
        store.validate(new UsernamePasswordCredential(name, name + name));
    assertEquals(Status.VALID, result.getStatus());
    return result.getCallerPrincipal() instanceof AuthenticatedUser caller
        ? caller.displayName()
        : null;
  }

  @Test
  void missingUserBaseIsAnOutage() {
    LdapUsers elsewhere =
        new LdapUsers(
            "ou=nowhere," + LdapTree.BASE,
            LdapFixture.USERS.filter(),
            "uid",
            LdapFixture.USERS.ref(),
            "displayName",
            Duration.ZERO);
    store = new LdapIdentityStore(connections, elsewhere);
    assertOutage(Duration.ofSeconds(3));
  }

  @Test
  void wrongPasswordDoesNotAffectPooledConnections() {
    for (int i = 0; i < 20; i++) {
      assertEquals("invalid", LdapFixture.signIn(store, "carol", "wrong"));
      assertEquals("user:default/erin", LdapFixture.signIn(store, "erin", "erinerin"));
    }
  }

  @Test
  void usersFileTakesPrecedenceOverLdap(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("people.yaml"),
            Files.readString(Path.of("config/people.yaml")),
            StandardCharsets.UTF_8);
    UsersFile usersFile = UsersFile.at(file, InstantSource.system());
    UsersFileFirstIdentityStore both =
        new UsersFileFirstIdentityStore(usersFile, store, store::simulateRejection);
    // The file's carol has another password, and another spelling does not reach LDAP's carol.
    assertEquals(Status.VALID, validate(both, "carol", "carol"));
    assertEquals(Status.INVALID, validate(both, "carol", "carolcarol"));
    assertEquals(Status.INVALID, validate(both, "CAROL", "carolcarol"));
    assertEquals(Status.VALID, validate(both, "erin", "erinerin"));
    tree.stop();
    assertEquals(Status.VALID, validate(both, "alice", "alice"));
    assertThrows(SignInUnavailableException.class, () -> validate(both, "erin", "erinerin"));
    // A refused connection is also an outage, for each name.
    assertThrows(SignInUnavailableException.class, () -> validate(both, "alice", "wrong"));
  }

  /**
   * Compares the number of requests and not the time, because the server determines the time of a
   * bind.
   */
  @Test
  void refusalsSendTheSameRequestsForAnyName() throws Exception {
    tree.server()
        .add(
            "dn: uid=no ref,ou=people,dc=example,dc=com",
            "objectClass: inetOrgPerson",
            "uid: no ref",
            "cn: x",
            "sn: x",
            "userPassword: x");
    LdapFixture.signIn(store, "carol", "wrong"); // opens the connection
    Requests expected = requests(() -> LdapFixture.signIn(store, "carol", "wrong"));
    assertEquals(1, expected.searches(), expected::toString);
    for (String name : List.of("unknown", "dave", "no ref", "car*l")) {
      assertEquals(expected, requests(() -> LdapFixture.signIn(store, name, "wrong")), name);
    }
    LdapUsers byMail =
        new LdapUsers(
            LdapFixture.USERS.base(),
            LdapFixture.USERS.filter(),
            "mail",
            LdapFixture.USERS.ref(),
            "displayName",
            Duration.ZERO);
    LdapIdentityStore ambiguous = new LdapIdentityStore(connections, byMail);
    assertEquals(
        expected,
        requests(() -> LdapFixture.signIn(ambiguous, "shared@example.com", "frankfrank")),
        "two entries");
    assertEquals(
        expected,
        requests(() -> store.simulateRejection(new UsernamePasswordCredential("carol", "x"))));
    for (String name : List.of("carol", "unknown")) {
      assertEquals(new Requests(0, 0), requests(() -> LdapFixture.signIn(store, name, "")), name);
    }
  }

  private record Requests(int searches, int binds) {}

  private Requests requests(Runnable action) {
    int searches = tree.searches();
    int binds = tree.binds();
    action.run();
    return new Requests(tree.searches() - searches, tree.binds() - binds);
  }

  private static Status validate(
      UsersFileFirstIdentityStore store, String username, String password) {
    return store.validate(new UsernamePasswordCredential(username, password)).getStatus();
  }

  @Test
  void filtersDnsAndAttributesOfSettingsAreValidated() {
    for (String filter : List.of("(objectClass=person)", " (&(a=b)(!(c=*))) ")) {
      assertTrue(LdapText.isFilter(filter), filter);
    }
    for (String filter :
        List.of(
            "",
            "objectClass=person",
            "(",
            "(a=b",
            "(a=b)(c=d)",
            "(&(a=b)",
            "(a(b=c)",
            "(:dn:1(2:=a)")) {
      assertEquals(false, LdapText.isFilter(filter), filter);
    }
    assertTrue(LdapText.isDn("ou=people,dc=example,dc=com"), "the name is a DN");
    for (String dn : List.of("", " ", "people", "ou=people,,dc=x", "ou")) {
      assertEquals(false, LdapText.isDn(dn), dn);
    }
    assertTrue(
        LdapText.isAttribute("sAMAccountName") && LdapText.isAttribute("2.5.4.3"),
        "both names are attributes");
    for (String attribute : List.of("", "a b", "a;binary", "1", "a=b", "*")) {
      assertEquals(false, LdapText.isAttribute(attribute), attribute);
    }
  }
}
