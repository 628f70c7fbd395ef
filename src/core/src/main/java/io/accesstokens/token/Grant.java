package io.accesstokens.token;

import io.accesstokens.token.PermissionPolicy.Grantees;
import io.accesstokens.verify.EntityRef;
import java.util.Set;

/**
 * A rule of a {@link PermissionPolicy}: these persons have these permissions on these groups'
 * tokens.
 *
 * @param name what decisions call it, e.g. {@code own-groups}
 * @param permissions of {@link Permissions#ALL}
 * @param to the persons
 * @param onGroups where; {@link AllGroups} for permissions other than {@link Permissions#SERVICE},
 *     which know no groups
 */
public record Grant(String name, Set<String> permissions, Grantees to, OnGroups onGroups) {

  /** On which groups' tokens a grant gives its permissions. */
  public sealed interface OnGroups {}

  /** On those of all groups. */
  public record AllGroups() implements OnGroups {}

  /** On those of the groups to which the person belongs. */
  public record OwnGroups() implements OnGroups {}

  /**
   * On those of these groups, whoever belongs to them.
   *
   * @param groups canonical refs
   */
  public record TheseGroups(Set<EntityRef> groups) implements OnGroups {
    public TheseGroups {
      groups = Set.copyOf(groups);
    }
  }

  /**
   * @throws IllegalArgumentException if a permission is unknown, or knows no groups although the
   *     grant is limited to some
   */
  public Grant {
    permissions = Set.copyOf(permissions);
    if (!Permissions.ALL.containsAll(permissions)) {
      throw new IllegalArgumentException("a grant gives permissions that there are");
    }
    if (!(onGroups instanceof AllGroups) && !Permissions.SERVICE.containsAll(permissions)) {
      throw new IllegalArgumentException("only permissions on service tokens know groups");
    }
  }

  /** On all groups. */
  static Grant everywhere(String name, Set<String> permissions, Grantees to) {
    return new Grant(name, permissions, to, new AllGroups());
  }

  /** Where it gives a person one of its permissions. */
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
