package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A limit on issuing tokens. What is null or absent is not limited by it. Of several that apply,
 * all hold.
 *
 * @param owners whose tokens it is about
 * @param maxLifetimeDays the longest life of a new service token, inclusive
 * @param allowedScopes the only scopes that a new service token can have, or null
 * @param maxLiveTokensPerGroup how many unrevoked, unexpired service tokens a group can have
 * @param maxLiveTokensPerUser how many unrevoked, unexpired personal tokens a user can have
 * @param description what a new service token's description must be like, or null
 */
public record CreationLimit(
    Owners owners,
    OptionalInt maxLifetimeDays,
    @Nullable Set<String> allowedScopes,
    OptionalInt maxLiveTokensPerGroup,
    OptionalInt maxLiveTokensPerUser,
    @Nullable DescriptionRule description) {

  /**
   * Groups; for what is said of users, their members.
   *
   * @param all whether it is all groups, and users without any
   * @param groups these groups; if {@code all}, those that are left out
   */
  public record Owners(boolean all, Set<EntityRef> groups) {

    /** All groups, and all users. */
    public static final Owners ALL = new Owners(true, Set.of());

    public Owners {
      groups = Set.copyOf(groups);
    }

    /** Whether a group is one of them. */
    public boolean include(EntityRef group) {
      return all != groups.contains(group);
    }

    /** Whether a user is meant who belongs to these groups: to one of the named, or to none. */
    public boolean includeMember(Set<EntityRef> groupsOfUser) {
      return all != groupsOfUser.stream().anyMatch(groups::contains);
    }

    /** Whether there is a group that is one of both. */
    public boolean overlap(Owners other) {
      if (all && other.all) {
        return true; // there are more groups than can be named
      }
      return all
          ? other.groups.stream().anyMatch(this::include)
          : groups.stream().anyMatch(other::include);
    }
  }

  /**
   * What a description must be like.
   *
   * @param pattern as shown to people and pages; its syntax is a matter of {@code test}
   * @param hint completes "the description …", e.g. {@code must name a ticket}
   * @param test tells in bounded time, for any text of 500 code points
   */
  public record DescriptionRule(String pattern, String hint, Predicate<String> test) {}

  public CreationLimit {
    allowedScopes = allowedScopes == null ? null : Set.copyOf(allowedScopes);
  }
}
