package io.accesstokens.ldap;

import com.github.benmanes.caffeine.cache.Ticker;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
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
 * Reads groups from an LDAP server. If nesting is enabled, a member of a group is also a member of
 * each group that contains this group, at any depth. Groups that contain each other in a cycle have
 * the same members.
 */
public final class LdapGroupDirectory implements GroupDirectory {

  private static final Pattern SPACE = Pattern.compile("\\s++");

  private static final Logger LOG = System.getLogger(LdapGroupDirectory.class.getName());

  /**
   * Maximum number of groups of one user, and maximum number of entries that a search for groups by
   * name reads.
   */
  private static final int MAX_GROUPS = 2_000;

  /** Maximum number of members in the filter of one search. */
  private static final int AT_ONCE = 50;

  private final LdapConnections connections;
  private final LdapUsers users;
  private final LdapGroups groups;
  private final LdapCache<EntityRef, Set<EntityRef>> groupsOf;

  /**
   * Creates a group directory for an LDAP server. The caller must close the connections, because
   * the group directory does not close them.
   */
  public LdapGroupDirectory(LdapConnections connections, LdapUsers users, LdapGroups groups) {
    this(connections, users, groups, Ticker.systemTicker());
  }

  LdapGroupDirectory(
      LdapConnections connections, LdapUsers users, LdapGroups groups, Ticker ticker) {
    this.connections = connections;
    this.users = users;
    this.groups = groups;
    this.groupsOf =
        new LdapCache<>(connections, groups.cacheDuration(), this::findGroupsOf, ticker);
  }

  /**
   * Returns true if the group exists. The result is not cached, because a new group must be usable
   * immediately.
   */
  @Override
  public boolean exists(EntityRef group) {
    Optional<Filter> groupFilter = groups.groupFilter(group);
    if (groupFilter.isEmpty()) {
      return false;
    }
    try {
      // There may be several entries, because the server ignores case in names.
      return connections
          .search(groups.base(), groupFilter.get(), MAX_GROUPS, groups.ref().placeholder())
          .stream()
          .anyMatch(entry -> LdapEntry.ref(entry, groups.ref()).filter(group::equals).isPresent());
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException("LDAP cannot determine whether a group exists", e);
    }
  }

  @Override
  public Set<EntityRef> groupsOf(EntityRef user) {
    try {
      return groupsOf.get(user);
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException(
          "the groups of a user cannot be looked up in LDAP", e);
    }
  }

  /**
   * Searches for groups. The name of a group must contain all words of the text. If a word is an
   * entity ref, the search uses only the name in the entity ref.
   */
  @Override
  public MatchingGroups search(String text, int limit) {
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
              groups.base(), groups.searchFilter(words), MAX_GROUPS, groups.ref().placeholder())) {
        LdapEntry.ref(entry, groups.ref()).ifPresent(ref -> found.add(Group.of(ref, null)));
      }
      return MatchingGroups.among(found, text, limit);
    } catch (LdapUnavailableException e) {
      throw new DirectoryUnavailableException("groups cannot be searched in LDAP", e);
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
          if (!seen.add(LdapEntry.normalizedDn(group))) {
            continue;
          }
          if (seen.size() > MAX_GROUPS) {
            // An incomplete list gives the user fewer permissions, which is safe. The log informs
            // the operator.
            LOG.log(
                Level.WARNING,
                "the user {0} belongs to more than {1} LDAP groups, so some groups are ignored",
                user,
                String.valueOf(MAX_GROUPS));
            return Set.copyOf(found);
          }
          LdapEntry.ref(group, groups.ref()).ifPresent(found::add);
          if (groups.canBeNested()) {
            next.add(group.getDN());
          }
        }
      }
      members = next;
    }
    return Set.copyOf(found);
  }

  /**
   * Returns the groups with at least one of the given members. Returns at most one group more than
   * {@link #MAX_GROUPS}, so that the caller can detect that there are too many groups.
   */
  private List<SearchResultEntry> groupsWith(List<String> members) {
    return connections.search(
        groups.base(), groups.memberFilter(members), MAX_GROUPS + 1, groups.ref().placeholder());
  }

  /**
   * Returns the values that identify a user in the member attribute of a group: names or DNs. The
   * list is empty if the user does not exist.
   */
  private List<String> identitiesOf(EntityRef user) {
    Optional<Filter> userFilter = users.userFilter(user);
    if (userFilter.isEmpty()) {
      return List.of();
    }
    List<String> identities = new ArrayList<>();
    for (SearchResultEntry entry :
        connections.search(
            users.base(),
            userFilter.get(),
            LdapEntry.SAME_NAME,
            users.ref().placeholder(),
            users.memberNameAttribute())) {
      if (LdapEntry.ref(entry, users.ref()).filter(user::equals).isEmpty()) {
        continue;
      }
      if (groups.listsNames()) {
        // The comparison of memberUid is case-sensitive (RFC 2307, section 3).
        LdapEntry.value(entry, users.memberNameAttribute()).ifPresent(identities::add);
      } else {
        identities.add(entry.getDN());
      }
    }
    return identities;
  }
}
