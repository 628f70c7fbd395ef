package io.accesstokens.ldap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.server.LdapTree;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.verify.EntityRef;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which groups are in an LDAP directory, and which users are their members. */
class LdapGroupDirectoryTest {

  private final AtomicLong nanos = new AtomicLong();
  private LdapTree tree;
  private LdapConnections connections;
  private LdapGroupDirectory directory;

  @BeforeEach
  void start() throws Exception {
    tree = LdapTree.start();
    connections = LdapConnections.create(LdapFixture.plain(tree.port()));
    directory = caching(Duration.ofSeconds(30));
  }

  private LdapGroupDirectory caching(Duration cacheTime) {
    Ticker ticker = nanos::get;
    return new LdapGroupDirectory(
        connections, LdapFixture.USERS, LdapFixture.groups(cacheTime), ticker);
  }

  @AfterEach
  void end() {
    connections.close();
    tree.close();
  }

  private static EntityRef group(String name) {
    return new EntityRef(EntityRef.GROUP, "default", name);
  }

  private static EntityRef user(String name) {
    return new EntityRef(EntityRef.USER, "default", name);
  }

  private Set<String> groupsOf(EntityRef user) {
    return directory.groupsOf(user).stream().map(EntityRef::name).collect(Collectors.toSet());
  }

  /** Tests groups that are nested three levels deep and in a cycle. One name contains a space. */
  @Test
  void nestedMembershipIncludesAllAncestors() {
    assertEquals(Set.of("platform", "engineering", "company"), groupsOf(user("carol")));
    assertEquals(Set.of("company", "payments", "self"), groupsOf(user("erin")));
  }

  @Test
  void membershipIgnoresTheCaseOfTheUser() throws Exception {
    assertEquals(groupsOf(user("carol")), groupsOf(user("CAROL")));
    tree.server()
        .add(
            "dn: uid=Heidi,ou=people,dc=example,dc=com",
            "objectClass: inetOrgPerson",
            "uid: Heidi",
            "cn: Heidi",
            "sn: Heidi",
            "userPassword: heidiheidi");
    tree.server()
        .add(
            "dn: cn=Ops,ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: Ops",
            "member: uid=heidi,ou=people,dc=example,dc=com",
            "memberUid: Heidi");
    assertEquals(Set.of("ops"), groupsOf(user("heidi")));
    LdapIdentityStore store = new LdapIdentityStore(connections, LdapFixture.USERS);
    assertEquals("user:default/heidi", LdapFixture.signIn(store, "HEIDI", "heidiheidi"));
    assertEquals(UserDirectory.Presence.PRESENT, store.presence(user("heidi")));
    LdapGroups byDn = LdapFixture.groups(Duration.ZERO);
    LdapGroups byName =
        new LdapGroups(byDn.base(), byDn.filter(), byDn.ref(), "memberUid", true, Duration.ZERO);
    directory = new LdapGroupDirectory(connections, LdapFixture.USERS, byName);
    assertEquals(Set.of("ops"), groupsOf(user("heidi")));
  }

  @ParameterizedTest
  @CsvSource({"frank", "unknown", "dave", "*", "carol)(uid=erin"})
  void userWithoutGroupsHasNone(String name) {
    assertEquals(Set.of(), groupsOf(user(name)));
    assertEquals(Set.of(), groupsOf(new EntityRef(EntityRef.USER, "corp", "carol")));
  }

  @ParameterizedTest
  @CsvSource({
    "platform, true",
    "company, true",
    "Platform, true",
    "nothing, false",
    "carol, false",
    "plat*, false",
    "*, false"
  })
  void groupExistsByItsFullName(String name, boolean exists) {
    assertEquals(exists, directory.exists(group(name)));
    assertFalse(
        directory.exists(new EntityRef(EntityRef.GROUP, "corp", name)),
        "no group of another namespace exists");
  }

  @Test
  void newGroupIsFoundAtOnce() throws Exception {
    assertFalse(directory.exists(group("new")), "the group does not exist yet");
    tree.server()
        .add(
            "dn: cn=new,ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: new",
            "member: uid=frank,ou=people,dc=example,dc=com");
    assertTrue(directory.exists(group("new")), "the new group exists");
    assertEquals(Set.of("new"), groupsOf(user("frank")));
  }

  @Test
  void groupsAreCachedForTheConfiguredTime() throws Exception {
    assertEquals(Set.of("company", "payments", "self"), groupsOf(user("erin")));
    leave("payments");
    nanos.addAndGet(Duration.ofSeconds(29).toNanos());
    assertEquals(Set.of("company", "payments", "self"), groupsOf(user("erin")));
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertEquals(Set.of("company", "self"), groupsOf(user("erin")));
  }

  private void leave(String group) throws Exception {
    tree.server()
        .modify(
            "cn=" + group + ",ou=groups,dc=example,dc=com",
            new Modification(
                ModificationType.DELETE, "member", "uid=erin,ou=people,dc=example,dc=com"));
  }

  @Test
  void withoutACacheEachChangeIsSeenAtOnce() throws Exception {
    directory = caching(Duration.ZERO);
    assertEquals(Set.of("company", "payments", "self"), groupsOf(user("erin")));
    leave("payments");
    assertEquals(Set.of("company", "self"), groupsOf(user("erin")));
  }

  @Test
  void unavailableServerIsAnOutage() throws Exception {
    assertEquals(Set.of("platform", "engineering", "company"), groupsOf(user("carol")));
    tree.stop();
    // A recent result is still used.
    assertEquals(Set.of("platform", "engineering", "company"), groupsOf(user("carol")));
    assertThrows(DirectoryUnavailableException.class, () -> directory.groupsOf(user("erin")));
    assertThrows(DirectoryUnavailableException.class, () -> directory.exists(group("platform")));
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    assertThrows(DirectoryUnavailableException.class, () -> directory.groupsOf(user("carol")));
    tree.restart();
    assertEquals(Set.of("platform", "engineering", "company"), groupsOf(user("carol")));
    assertTrue(directory.exists(group("platform")), "the group exists after the restart");
  }

  @Test
  void concurrentLookupsReturnTheSameGroups() throws Exception {
    List<Set<EntityRef>> all = Parallel.run(12, i -> directory.groupsOf(user("carol")));
    assertEquals(1, all.stream().distinct().count());
  }

  /** With four connections, one thread searches and sixteen threads wait for its result. */
  @Test
  void hungServerBlocksFewThreads() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    try (LdapConnections other = LdapConnections.create(LdapFixture.plain(silent.getLocalPort()))) {
      LdapGroupDirectory hung =
          new LdapGroupDirectory(
              other, LdapFixture.USERS, LdapFixture.groups(Duration.ofSeconds(30)));
      List<Future<?>> lookUps = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        lookUps.add(threads.submit(() -> hung.groupsOf(user("carol"))));
      }
      Awaitility.await().until(() -> lookUps.stream().filter(Future::isDone).count() == 83);
      silent.close();
      for (Future<?> lookUp : lookUps) {
        ExecutionException failed = assertThrows(ExecutionException.class, lookUp::get);
        assertInstanceOf(DirectoryUnavailableException.class, failed.getCause());
      }
    } finally {
      silent.close();
      threads.shutdownNow();
    }
  }

  @Test
  void manyGroupsAreFoundInBatches() throws Exception {
    for (int i = 0; i < 120; i++) {
      addGroup("g" + i, i < 60 ? "uid=frank,ou=people" : "cn=g" + (i - 60) + ",ou=groups");
    }
    assertEquals(120, groupsOf(user("frank")).size());
  }

  @ParameterizedTest
  @CsvSource({"'cn=first,ou=groups', 2000", "'uid=frank,ou=people', 2500"})
  void userWithTooManyGroupsIsNamedInTheLog(String member, int count) throws Exception {
    addGroup("first", "uid=frank,ou=people");
    for (int i = 0; i < count; i++) {
      addGroup("g" + i, member);
    }
    try (RecordedLog log = new RecordedLog(LdapGroupDirectory.class)) {
      assertEquals(2_000, groupsOf(user("frank")).size());
      assertEquals(
          List.of(
              "WARNING the user user:default/frank belongs to more than 2000 LDAP groups, so some"
                  + " groups are ignored"),
          log.lines());
    }
  }

  private void addGroup(String name, String member) throws Exception {
    tree.server()
        .add(
            "dn: cn=" + name + ",ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: " + name,
            "member: " + member + ",dc=example,dc=com");
  }

  @Test
  void sizeLimitOfTheServerIsLogged() {
    try (RecordedLog log = new RecordedLog(LdapConnections.class)) {
      assertEquals(Set.of("company", "payments", "self"), groupsOf(user("erin")));
      assertEquals(List.of(), log.lines());
      tree.limitSize(1);
      nanos.addAndGet(Duration.ofSeconds(31).toNanos());
      assertEquals(1, groupsOf(user("erin")).size());
      assertEquals(
          List.of(
              "WARNING the result of an LDAP search below ou=groups,dc=example,dc=com is incomplete:"
                  + " the server returned only 1 entries because of its own size limit; set the size"
                  + " limit of the server for the account of bindDn to at least 2001"),
          log.lines());
    }
  }

  @Test
  void nestingCanBeTurnedOff() {
    LdapGroups all = LdapFixture.groups(Duration.ZERO);
    LdapGroups flat =
        new LdapGroups(
            all.base(), all.filter(), all.ref(), all.memberAttribute(), false, Duration.ZERO);
    directory = new LdapGroupDirectory(connections, LdapFixture.USERS, flat);
    assertEquals(Set.of("platform"), groupsOf(user("carol")));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "pla, platform",
    "GROUP:default/plat, platform",
    "form plat, platform",
    "*, ''",
    "p, 'payments platform company'",
    "'', 'company engineering payments platform self'",
    "nothing, ''",
    "Domain, ''",
  })
  void searchFindsGroupsByPartOfTheName(String text, String expected) {
    GroupDirectory.MatchingGroups found = directory.search(text, 10);
    assertEquals(
        expected,
        found.groups().stream().map(group -> group.ref().name()).collect(Collectors.joining(" ")));
    assertFalse(found.truncated(), "the result is complete");
    assertTrue(directory.search("", 2).truncated(), "a result of two groups is truncated");
  }

  /** In RFC 2307, groups list their members by name, and there are no nested groups. */
  @Test
  void membersCanBeListedByName() throws Exception {
    tree.server()
        .add(
            "dn: cn=ops,ou=groups,dc=example,dc=com",
            "objectClass: posixGroup",
            "cn: ops",
            "gidNumber: 7",
            "memberUid: carol",
            "memberUid: cn=ops,ou=groups,dc=example,dc=com");
    LdapGroups posix =
        new LdapGroups(
            "ou=groups," + LdapTree.BASE,
            "(objectClass=posixGroup)",
            EntityRefTemplate.ofGroups("group:corp/{cn}").orElseThrow(),
            "memberUid",
            true,
            Duration.ofSeconds(30));
    directory = new LdapGroupDirectory(connections, LdapFixture.USERS, posix);
    assertEquals(
        Set.of(new EntityRef(EntityRef.GROUP, "corp", "ops")), directory.groupsOf(user("carol")));
    assertEquals(Set.of(), directory.groupsOf(user("dave")));
    assertTrue(
        directory.exists(new EntityRef(EntityRef.GROUP, "corp", "ops")),
        "the group of the template's namespace exists");
    assertFalse(
        directory.exists(group("platform")), "a group that the filter excludes does not exist");
  }

  @ParameterizedTest(name = "username {0}, ref {1}")
  @CsvSource({
    "uid, mail, carol@example.com",
    "mail, uid, carol",
    "uid, employeeNumber, 17",
  })
  void memberUidListsUsernames(String usernameAttribute, String refAttribute, String name)
      throws Exception {
    tree.server()
        .modify(
            "uid=carol,ou=people,dc=example,dc=com",
            new Modification(ModificationType.ADD, "mail", "carol@example.com"),
            new Modification(ModificationType.ADD, "employeeNumber", "17"));
    for (String member : List.of("carol", "17")) {
      tree.server()
          .add(
              "dn: cn=of-" + member + ",ou=groups,dc=example,dc=com",
              "objectClass: posixGroup",
              "cn: of-" + member,
              "gidNumber: 7",
              "memberUid: " + member);
    }
    LdapUsers all = LdapFixture.USERS;
    LdapUsers users =
        new LdapUsers(
            all.base(),
            all.filter(),
            usernameAttribute,
            EntityRefTemplate.ofUsers("user:default/{" + refAttribute + "}").orElseThrow(),
            all.displayNameAttribute(),
            Duration.ZERO);
    LdapGroups byDn = LdapFixture.groups(Duration.ZERO);
    LdapGroups byName =
        new LdapGroups(
            byDn.base(), "(objectClass=posixGroup)", byDn.ref(), "memberUid", false, Duration.ZERO);
    directory = new LdapGroupDirectory(connections, users, byName);
    assertEquals(Set.of("of-carol"), groupsOf(user(name)));
    assertEquals(
        Set.of(user(name)),
        new LdapMailDirectory(connections, users, byName).membersOf(group("of-carol")));
  }
}
