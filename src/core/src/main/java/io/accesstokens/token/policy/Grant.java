package io.accesstokens.token.policy;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.verify.EntityRef;
import java.util.HashSet;
import java.util.Set;

/**
 * A rule of a {@link PermissionPolicy}. The rule grants permissions to users, on the tokens of
 * groups.
 *
 * @param name the name of the rule in decisions, e.g. {@code own-groups}
 * @param permissions the permissions, a subset of {@link Permissions#ALL}
 * @param to the users who get the permissions
 * @param onGroups the groups on whose tokens the users get the permissions. Permissions outside
 *     {@link Permissions#SERVICE} do not depend on groups and require {@link AllGroups}.
 */
public record Grant(String name, Set<String> permissions, Grantees to, OnGroups onGroups) {

  /** The groups on whose tokens the users get the permissions of a grant. */
  public sealed interface OnGroups {}

  /** The permissions of the grant apply to the tokens of all groups. */
  public record AllGroups() implements OnGroups {}

  /** The permissions of the grant apply to the tokens of the user's own groups. */
  public record OwnGroups() implements OnGroups {}

  /**
   * The permissions of the grant apply to the tokens of fixed groups. The groups of the user do not
   * matter.
   *
   * @param groups the canonical refs of the groups
   */
  public record TheseGroups(Set<EntityRef> groups) implements OnGroups {
    public TheseGroups {
      groups = Set.copyOf(groups);
    }
  }

  /**
   * Creates a rule that gives permissions.
   *
   * @throws IllegalArgumentException if a permission is unknown, or if the grant limits a
   *     permission outside {@link Permissions#SERVICE} to some groups
   */
  public Grant {
    permissions = Set.copyOf(permissions);
    if (!Permissions.ALL.containsAll(permissions)) {
      throw new IllegalArgumentException("a grant must not contain an unknown permission");
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

  /** Returns this grant without some permissions. */
  Grant without(Set<String> removed) {
    Set<String> rest = new HashSet<>(permissions);
    rest.removeAll(removed);
    return new Grant(name, rest, to, onGroups);
  }

  /** Returns the groups on which this grant gives a permission to a user. */
  PermissionScope groupsFor(Actor.Person person, String permission) {
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
