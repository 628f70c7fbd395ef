package io.accesstokens.directory;

import io.accesstokens.token.directory.GroupDirectory.Group;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A snapshot of all groups and of their parents.
 *
 * @param groups all groups, by entity ref
 * @param parentsOf the parents of each group. A group can be its own ancestor through a cycle of
 *     parents. A parent can be missing in {@code groups}
 */
record GroupTree(Map<EntityRef, Group> groups, Map<EntityRef, Set<EntityRef>> parentsOf) {
  GroupTree {
    groups = Map.copyOf(groups);
    parentsOf = Map.copyOf(parentsOf);
  }

  boolean has(EntityRef group) {
    return groups.containsKey(group);
  }

  /**
   * Returns the given groups and their ancestors. If groups form a cycle, each of them is an
   * ancestor of the others.
   *
   * @param some the given groups; the result omits groups that are missing in this snapshot
   */
  Set<EntityRef> withAncestors(Set<EntityRef> some) {
    Set<EntityRef> reached = new HashSet<>();
    Deque<EntityRef> waiting = new ArrayDeque<>(some);
    while (!waiting.isEmpty()) {
      EntityRef group = waiting.pop();
      if (has(group) && reached.add(group)) {
        waiting.addAll(parentsOf.getOrDefault(group, Set.of()));
      }
    }
    return Set.copyOf(reached);
  }

  /** Returns those of the given groups that exist in this snapshot. */
  Set<EntityRef> known(Set<EntityRef> some) {
    return some.stream().filter(this::has).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns the display names of the given groups. The result omits groups that are missing in this
   * snapshot.
   */
  Map<EntityRef, String> displayNames(Set<EntityRef> some) {
    Map<EntityRef, String> names = new HashMap<>();
    for (EntityRef ref : some) {
      Group group = groups.get(ref);
      if (group != null) {
        names.put(ref, group.displayName());
      }
    }
    return Map.copyOf(names);
  }
}
