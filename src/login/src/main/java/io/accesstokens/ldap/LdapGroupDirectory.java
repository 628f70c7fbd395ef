package io.accesstokens.ldap;

import com.github.benmanes.caffeine.cache.Ticker;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.token.DirectoryUnavailableException;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Groups of an LDAP server. Who is a member of a group that is a member of another belongs to both,
 * and so on; groups that hold each other in a circle are one and the same to their members.
 */
public final class LdapGroupDirectory implements GroupDirectory {

  private static final Pattern SPACE = Pattern.compile("\\s++");

  private static final Logger LOG = System.getLogger(LdapGroupDirectory.class.getPackageName());

  /** How many groups one person may belong to. */
  private static final int MOST_GROUPS = 2_000;

  /** How many members are asked about at once. */
  private static final int AT_ONCE = 50;

  private final LdapConnections connections;
  private final LdapUserDirectory people;
  private final LdapGroups groups;
  private final LdapCache<EntityRef, Set<EntityRef>> groupsOf;

  /** Over a server's groups; the connections are not its own to close. */
  public LdapGroupDirectory(
      LdapConnections connections, LdapUserDirectory people, LdapGroups groups) {
    this(connections, people, groups, Ticker.systemTicker());
  }

  LdapGroupDirectory(
      LdapConnections connections, LdapUserDirectory people, LdapGroups groups, Ticker ticker) {
    this.connections = connections;
    this.people = people;
    this.groups = groups;
    this.groupsOf = new LdapCache<>(groups.remembered(), this::findGroupsOf, ticker);
  }

  /** Asks each time: it is asked when something is created, and a new group is there at once. */
  @Override
  public boolean exists(EntityRef group) {
    Optional<Filter> named = groups.named(group);
    if (named.isEmpty()) {
      return false;
    }
    try {
      // Several, since to the server, names that differ in case are one.
      return connections
          .search(groups.base(), named.get(), MOST_GROUPS, groups.ref().placeholder())
          .stream()
          .anyMatch(entry -> LdapEntry.ref(entry, groups.ref()).filter(group::equals).isPresent());
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException("it cannot be found out whether a group exists", e);
    }
  }

  @Override
  public Set<EntityRef> groupsOf(EntityRef user) {
    try {
      return groupsOf.get(user);
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException("the groups of a person cannot be found out", e);
    }
  }

  /** Asks for those in whose names the words stand, but for what is kind and namespace of a ref. */
  @Override
  public Found search(String text, int limit) {
    List<String> words =
        SPACE
            .splitAsStream(text.strip())
            .map(word -> word.substring(1 + Math.max(word.indexOf('/'), word.indexOf(':'))))
            .filter(word -> !word.isEmpty())
            .toList();
    try {
      Set<Group> found = new HashSet<>();
      for (SearchResultEntry entry :
          connections.search(
              groups.base(), groups.called(words), MOST_GROUPS, groups.ref().placeholder())) {
        LdapEntry.ref(entry, groups.ref()).ifPresent(ref -> found.add(Group.of(ref, null)));
      }
      return Found.among(found, text, limit);
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException("groups cannot be looked for", e);
    }
  }

  private Set<EntityRef> findGroupsOf(EntityRef user) {
    Set<EntityRef> found = new HashSet<>();
    Set<String> seen = new HashSet<>();
    List<String> members = identitiesOf(user);
    while (!members.isEmpty()) {
      List<String> next = new ArrayList<>();
      for (int from = 0; from < members.size(); from += AT_ONCE) {
        List<String> some = members.subList(from, Math.min(members.size(), from + AT_ONCE));
        for (SearchResultEntry group : groupsWith(some)) {
          LdapEntry.ref(group, groups.ref()).ifPresent(found::add);
          if (seen.add(LdapEntry.normalizedDn(group)) && groups.goesOn()) {
            next.add(group.getDN());
          }
        }
      }
      if (seen.size() > MOST_GROUPS) {
        // Fewer rights than they have are safe, and the operator is told.
        LOG.log(Level.WARNING, "a person belongs to more than {0} groups of LDAP", MOST_GROUPS);
        break;
      }
      members = next;
    }
    return Set.copyOf(found);
  }

  private List<SearchResultEntry> groupsWith(List<String> members) {
    return connections.search(
        groups.base(), groups.of(members), MOST_GROUPS, groups.ref().placeholder());
  }

  /** What a group's list of members may hold of a person: nothing if they are not there. */
  private List<String> identitiesOf(EntityRef user) {
    Optional<Filter> who = people.whoIs(user);
    if (who.isEmpty()) {
      return List.of();
    }
    List<String> identities = new ArrayList<>();
    for (SearchResultEntry entry :
        connections.search(people.base(), who.get(), AT_ONCE, people.ref().placeholder())) {
      if (LdapEntry.ref(entry, people.ref()).filter(user::equals).isPresent()) {
        // memberUid is compared with regard to case (RFC 2307, section 2.3).
        identities.add(
            groups.listsNames()
                ? LdapEntry.name(entry, people.ref()).orElseThrow()
                : entry.getDN());
      }
    }
    return identities;
  }
}
