package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Set;

/**
 * Which groups there are and who is in them, at one time.
 *
 * @param groups all of them
 * @param groupsOf by user; only groups that there are
 */
record Memberships(Set<EntityRef> groups, Map<EntityRef, Set<EntityRef>> groupsOf) {
  Memberships {
    groups = Set.copyOf(groups);
    groupsOf = Map.copyOf(groupsOf);
  }
}
