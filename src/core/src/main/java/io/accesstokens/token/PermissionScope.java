package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Set;

/** The set of groups on whose tokens an actor has a permission. */
public sealed interface PermissionScope {

  /** The empty set of groups. The actor lacks the permission. */
  record Nowhere() implements PermissionScope {}

  /** All groups. A permission that does not depend on groups also has this scope. */
  record Everywhere() implements PermissionScope {}

  /**
   * A set of one or more groups.
   *
   * @param groups the groups, at least one
   */
  record Groups(Set<EntityRef> groups) implements PermissionScope {
    public Groups {
      groups = Set.copyOf(groups);
      if (groups.isEmpty()) {
        throw new IllegalArgumentException("groups must not be empty: use Nowhere for no groups");
      }
    }
  }

  /** Returns a scope with exactly these groups, or {@link Nowhere} if the set is empty. */
  static PermissionScope over(Set<EntityRef> groups) {
    return groups.isEmpty() ? new Nowhere() : new Groups(groups);
  }

  /** Returns true if the scope includes this group. */
  default boolean covers(EntityRef group) {
    if (this instanceof Groups some) {
      return some.groups().contains(group);
    }
    return this instanceof Everywhere;
  }
}
