package io.accesstokens.ldap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.unboundid.ldap.sdk.ResultCode;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.server.LdapTree;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LdapMailDirectoryTest {

  private LdapTree tree;
  private LdapConnections connections;
  private LdapGroups groups;

  @BeforeEach
  void start() throws Exception {
    tree = LdapTree.start();
    tree.server()
        .add(
            "dn: cn=ops,ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: ops",
            "mail: ops@example.com",
            "member: uid=frank,ou=people,dc=example,dc=com");
    tree.server()
        .add(
            "dn: cn=support,ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: support",
            "member: uid=frank,ou=people,dc=example,dc=com",
            "member: cn=ops,ou=groups,dc=example,dc=com",
            "member: uid=gone,ou=people,dc=example,dc=com",
            "member: uid=carol,ou=people,dc=example,dc=com",
            "memberUid: grace");
    connections = LdapConnections.create(LdapFixture.plain(tree.port()));
    groups = LdapFixture.groups(Duration.ZERO);
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

  @Test
  void mailGoesToTheAddressOfAGroupOrOfItsMembers() {
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, groups);
    assertEquals(Set.of("ops@example.com"), directory.addressesOf(group("ops")));
    assertEquals(Set.of(user("frank"), user("carol")), directory.membersOf(group("support")));
    assertEquals(Set.of("shared@example.com"), directory.addressesOf(group("support")));
    assertEquals(Set.of("shared@example.com"), directory.addressesOf(user("frank")));
    assertEquals(Set.of(), directory.addressesOf(user("carol")), "a user without an address");
    assertEquals(Set.of(), directory.addressesOf(group("payments")), "members without addresses");
    for (String name : new String[] {"gone", "*", "ops)(cn=*"}) {
      assertEquals(Set.of(), directory.addressesOf(group(name)), name);
      assertEquals(Set.of(), directory.addressesOf(user(name)), name);
    }
  }

  /** A member can be on another server, and a server can reject a DN that the client accepts. */
  @ParameterizedTest
  @ValueSource(ints = {ResultCode.REFERRAL_INT_VALUE, ResultCode.INVALID_DN_SYNTAX_INT_VALUE})
  void membersWithoutAnEntryOnTheServerAreOmitted(int code) throws Exception {
    String elsewhere = "uid=heidi,ou=people,dc=example,dc=com";
    tree.server()
        .add(
            "dn: cn=mixed,ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: mixed",
            "member: " + elsewhere,
            "member: uid=frank,ou=people,dc=example,dc=com");
    tree.failSearches(elsewhere, ResultCode.valueOf(code));
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, groups);
    assertEquals(Set.of("shared@example.com"), directory.addressesOf(group("mixed")));
  }

  /** {@code carol} of another base is not the user with the ref {@code carol}. */
  @Test
  void membersOutsideTheBaseOfTheUsersAreOmitted() throws Exception {
    String other = "uid=carol,dc=example,dc=com";
    tree.server()
        .add("dn: " + other, "objectClass: inetOrgPerson", "uid: carol", "cn: Carol", "sn: C");
    tree.server()
        .add(
            "dn: cn=suppliers,ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: suppliers",
            "member: " + other,
            "member: uid=frank,ou=people,dc=example,dc=com");
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, groups);
    assertEquals(Set.of(user("frank")), directory.membersOf(group("suppliers")));
  }

  /** Active Directory returns the members of a group with more than 1,500 members in ranges. */
  @Test
  void membersCanBeTheFirstOnesOfALongList() throws Exception {
    tree.server()
        .add(
            "dn: cn=everyone,ou=groups,dc=example,dc=com",
            "objectClass: groupOfNames",
            "cn: everyone",
            "member;range=0-1499: uid=frank,ou=people,dc=example,dc=com");
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, groups);
    assertEquals(Set.of(user("frank")), directory.membersOf(group("everyone")));
  }

  @Test
  void logSaysThatAGroupIsTooLong() throws Exception {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "dn: cn=all,ou=groups,dc=example,dc=com", "objectClass: groupOfNames", "cn: all"));
    for (int i = 0; i < 30_000; i++) {
      lines.add("member: uid=member-" + i + ",ou=people,dc=example,dc=com");
    }
    tree.server().add(lines.toArray(String[]::new));
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, groups);
    try (RecordedLog log = new RecordedLog(LdapConnections.class)) {
      assertThrows(DirectoryUnavailableException.class, () -> directory.addressesOf(group("all")));
      assertEquals(1, log.lines().size(), log.lines()::toString);
      String line = log.lines().get(0);
      assertTrue(line.contains("larger than the maximum of 1048576 bytes"), line);
      assertFalse(line.contains("member-"), line);
    }
    tree.server()
        .modify(
            "dn: cn=all,ou=groups,dc=example,dc=com",
            "changetype: modify",
            "add: mail",
            "mail: all@example.com");
    assertEquals(Set.of("all@example.com"), directory.addressesOf(group("all")));
  }

  @Test
  void membersCanBeNames() {
    LdapGroups byName =
        new LdapGroups(
            groups.base(), groups.filter(), groups.ref(), "memberUid", true, Duration.ZERO);
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, byName);
    assertEquals(Set.of(user("grace")), directory.membersOf(group("support")));
  }

  @Test
  void usersCanHaveAddressesWithoutGroups() {
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, null);
    assertEquals(Optional.of("shared@example.com"), directory.addressOf(user("frank")));
    assertEquals(Set.of(), directory.addressesOf(group("ops")));
  }

  @Test
  void unavailableServerIsAnOutage() {
    MailDirectory directory = new LdapMailDirectory(connections, LdapFixture.USERS, groups);
    tree.close();
    assertThrows(DirectoryUnavailableException.class, () -> directory.addressesOf(user("frank")));
  }
}
