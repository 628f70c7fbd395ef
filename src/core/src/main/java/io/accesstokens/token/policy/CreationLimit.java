package io.accesstokens.token.policy;

import io.accesstokens.verify.EntityRef;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the creation of tokens. A null component or an empty {@code OptionalInt} sets no
 * limit. If several limits apply to a token, the token must meet all of them.
 *
 * @param owners the groups and users whose tokens are limited
 * @param maxLifetimeDays the maximum lifetime of a new service token in days, inclusive
 * @param allowedScopes the only scopes that a new service token can have, or null
 * @param maxLiveTokensPerGroup the maximum number of unrevoked, unexpired service tokens of a group
 * @param maxLiveTokensPerUser the maximum number of unrevoked, unexpired personal tokens of a user
 * @param description the rule for the description of a new service token, or null
 */
public record CreationLimit(
    Owners owners,
    OptionalInt maxLifetimeDays,
    @Nullable Set<String> allowedScopes,
    OptionalInt maxLiveTokensPerGroup,
    OptionalInt maxLiveTokensPerUser,
    @Nullable DescriptionRule description) {

  /**
   * A set of groups to which a limit applies. A limit on personal tokens applies to the members of
   * these groups.
   *
   * @param all if false, the set contains the groups in {@code groups}. If true, the set contains
   *     all other groups, and users without a group.
   * @param groups the included groups; if {@code all} is true, the excluded groups
   */
  public record Owners(boolean all, Set<EntityRef> groups) {

    /** All groups and all users. */
    public static final Owners ALL = new Owners(true, Set.of());

    public Owners {
      groups = Set.copyOf(groups);
    }

    /** Returns true if the limit applies to this group. */
    public boolean include(EntityRef group) {
      return all != groups.contains(group);
    }

    /**
     * Returns true if the limit applies to a user with these groups:
     *
     * <ul>
     *   <li>If {@code all} is false, {@link #groups} must contain at least one group of the user.
     *   <li>If {@code all} is true, {@link #groups} must contain no group of the user.
     * </ul>
     */
    public boolean includeMember(Set<EntityRef> groupsOfUser) {
      return all != groupsOfUser.stream().anyMatch(groups::contains);
    }

    /** Returns true if at least one group is in both sets. */
    public boolean overlap(Owners other) {
      if (all && other.all) {
        return true; // the excluded groups are never all groups
      }
      return all
          ? other.groups.stream().anyMatch(this::include)
          : groups.stream().anyMatch(other::include);
    }
  }

  /**
   * A rule for the descriptions of tokens.
   *
   * @param pattern the regular expression of the rule, which is shown to users
   * @param hint the error message for the field {@code description}, e.g. {@code must name a
   *     ticket}
   * @param test returns true if a description follows the rule; implementations must return in
   *     bounded time for any text of up to 500 code points
   */
  public record DescriptionRule(String pattern, String hint, Predicate<String> test) {}

  public CreationLimit {
    allowedScopes = allowedScopes == null ? null : Set.copyOf(allowedScopes);
  }
}
