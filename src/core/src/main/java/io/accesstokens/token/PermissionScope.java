package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Set;

/** On which groups' tokens an actor has a permission. */
public sealed interface PermissionScope {

  /** On none: the actor lacks the permission. */
  record Nowhere() implements PermissionScope {}

  /** On all groups; the same for a permission that knows no groups. */
  record Everywhere() implements PermissionScope {}

  /**
   * On these groups only.
   *
   * @param groups at least one
   */
  record Groups(Set<EntityRef> groups) implements PermissionScope {
    public Groups {
      groups = Set.copyOf(groups);
      if (groups.isEmpty()) {
        throw new IllegalArgumentException("a reach over no group is Nowhere");
      }
    }
  }

  /** Over these groups; {@link Nowhere} if there are none. */
  static PermissionScope over(Set<EntityRef> groups) {
    return groups.isEmpty() ? new Nowhere() : new Groups(groups);
  }

  /** Whether it covers that group. */
  default boolean covers(EntityRef group) {
    if (this instanceof Groups some) {
      return some.groups().contains(group);
    }
    return this instanceof Everywhere;
  }
}
