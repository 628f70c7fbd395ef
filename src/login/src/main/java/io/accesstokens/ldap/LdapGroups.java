package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.Filter;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Describes where an LDAP directory stores the groups, and which attributes contain their data.
 *
 * @param base the base DN of the groups
 * @param filter an LDAP filter; only entries that match this filter are groups
 * @param ref the template of the group's entity ref; the placeholder is the name of an attribute
 * @param memberAttribute the name of the attribute that lists the members: the attribute {@code
 *     memberUid} lists names, and every other attribute lists DNs
 * @param nested true if the members of a group are also members of each group that contains this
 *     group
 * @param cacheDuration how long the groups of a user are cached; zero disables the cache
 */
public record LdapGroups(
    String base,
    String filter,
    EntityRefTemplate ref,
    String memberAttribute,
    boolean nested,
    Duration cacheDuration) {

  private static final String NAMES = "memberUid";

  /**
   * Returns true if groups list their members by name (RFC 2307), and false if groups list their
   * members by DN. A group that lists names cannot have another group as a member.
   */
  boolean listsNames() {
    return memberAttribute.equalsIgnoreCase(NAMES);
  }

  /**
   * Returns true if a group can be a member of another group. A user then also belongs to each
   * group that contains a group of the user, at any depth.
   */
  boolean canBeNested() {
    return nested && !listsNames();
  }

  /** Returns a filter for the groups whose name contains all given words. */
  Filter searchFilter(List<String> words) {
    List<Filter> all = new ArrayList<>(List.of(LdapText.filter(filter)));
    for (String word : words) {
      all.add(Filter.createSubAnyFilter(ref.placeholder(), word));
    }
    return Filter.createANDFilter(all);
  }

  /**
   * Returns a filter for the group with the given entity ref.
   *
   * @return empty if no group can have that entity ref
   */
  Optional<Filter> groupFilter(EntityRef group) {
    return ref.nameOf(group).map(name -> LdapText.and(filter, ref.placeholder(), name));
  }

  /** Returns a filter for the groups that have at least one of the given members. */
  Filter memberFilter(Collection<String> members) {
    return Filter.createANDFilter(
        LdapText.filter(filter),
        Filter.createORFilter(
            members.stream()
                .map(member -> Filter.createEqualityFilter(memberAttribute, member))
                .toList()));
  }
}
