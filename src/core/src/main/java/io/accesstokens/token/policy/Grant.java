package io.accesstokens.token.policy;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.verify.EntityRef;
import java.util.Set;

/**
 * A rule of a {@link PermissionPolicy} that grants permissions on the tokens of groups to users.
 *
 * @param name the name in decisions, e.g. {@code own-groups}
 * @param permissions a subset of {@link Permissions#ALL}
 * @param to the users
 * @param onGroups the groups; must be {@link AllGroups} for permissions outside {@link
 *     Permissions#SERVICE}, which do not depend on groups
 */
public record Grant(String name, Set<String> permissions, Grantees to, OnGroups onGroups) {

  /** The groups on whose tokens a grant gives its permissions. */
  public sealed interface OnGroups {}

  /** All groups. */
  public record AllGroups() implements OnGroups {}

  /** The groups of the user. */
  public record OwnGroups() implements OnGroups {}

  /**
   * Fixed groups, independent of the groups of the user.
   *
   * @param groups canonical refs
   */
  public record TheseGroups(Set<EntityRef> groups) implements OnGroups {
    public TheseGroups {
      groups = Set.copyOf(groups);
    }
  }

  /**
   * @throws IllegalArgumentException if a permission is unknown, or if the grant is limited to some
   *     groups and a permission does not depend on groups
   */
  public Grant {
    permissions = Set.copyOf(permissions);
    if (!Permissions.ALL.containsAll(permissions)) {
      throw new IllegalArgumentException("a grant must name known permissions");
    }
    if (!(onGroups instanceof AllGroups) && !Permissions.SERVICE.containsAll(permissions)) {
      throw new IllegalArgumentException(
          "only permissions on service tokens can be limited to groups");
    }
  }

  /** Returns a grant on all groups. */
  static Grant everywhere(String name, Set<String> permissions, Grantees to) {
    return new Grant(name, permissions, to, new AllGroups());
  }

  /** Returns the groups on which this grant gives a permission to a user. */
  PermissionScope reachFor(Actor.Person person, String permission) {
    if (!permissions.contains(permission) || !to.include(person)) {
      return new PermissionScope.Nowhere();
    }
    if (onGroups instanceof TheseGroups these) {
      return PermissionScope.over(these.groups());
    }
    return onGroups instanceof OwnGroups
        ? PermissionScope.over(person.groups())
        : new PermissionScope.Everywhere();
  }
}
