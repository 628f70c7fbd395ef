package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Set;

/** The groups on whose tokens an actor has a permission. */
public sealed interface PermissionScope {

  /** No group: the actor lacks the permission. */
  record Nowhere() implements PermissionScope {}

  /** All groups. Also used for a permission that does not depend on groups. */
  record Everywhere() implements PermissionScope {}

  /**
   * Only these groups.
   *
   * @param groups at least one
   */
  record Groups(Set<EntityRef> groups) implements PermissionScope {
    public Groups {
      groups = Set.copyOf(groups);
      if (groups.isEmpty()) {
        throw new IllegalArgumentException("an empty set of groups must be Nowhere");
      }
    }
  }

  /** Returns the scope of these groups, or {@link Nowhere} if there are none. */
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
