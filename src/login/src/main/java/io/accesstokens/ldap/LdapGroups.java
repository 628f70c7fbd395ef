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
 * Where groups are in a directory, and which they are.
 *
 * @param base the DN below which they are
 * @param filter what counts as a group
 * @param ref gives the group; its placeholder is an attribute
 * @param memberAttribute lists members: their DNs, or their names if it is {@code memberUid}
 * @param nested whether members of a group belong to those that it is a member of
 * @param remembered how long what was found is relied on; zero: not at all
 */
public record LdapGroups(
    String base,
    String filter,
    EntityRefTemplate ref,
    String memberAttribute,
    boolean nested,
    Duration remembered) {

  private static final String NAMES = "memberUid";

  /** Whether members are listed by name (RFC 2307), so that no group can be one. */
  boolean listsNames() {
    return memberAttribute.equalsIgnoreCase(NAMES);
  }

  /** Whether a group that was found may be a member of others. */
  boolean goesOn() {
    return nested && !listsNames();
  }

  /** All groups in whose names these words stand. */
  Filter called(List<String> words) {
    List<Filter> all = new ArrayList<>(List.of(LdapText.filter(filter)));
    for (String word : words) {
      all.add(Filter.createSubAnyFilter(ref.placeholder(), word));
    }
    return Filter.createANDFilter(all);
  }

  /**
   * The group with that ref.
   *
   * @return empty if none can have it
   */
  Optional<Filter> named(EntityRef group) {
    return ref.nameOf(group).map(name -> LdapText.and(filter, ref.placeholder(), name));
  }

  /** All groups of which one of these is a member. */
  Filter of(Collection<String> members) {
    return Filter.createANDFilter(
        LdapText.filter(filter),
        Filter.createORFilter(
            members.stream()
                .map(member -> Filter.createEqualityFilter(memberAttribute, member))
                .toList()));
  }
}
