package io.accesstokens.directory;

import io.accesstokens.token.GroupDirectory.Group;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which groups there are, and which is part of which, at one time.
 *
 * @param groups all of them
 * @param parentsOf the groups of which a group is a child. They may form cycles, and name groups
 *     that there are not, as people who write them make mistakes
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
   * Groups and their ancestors. Each group is looked at once, so that a cycle does no harm: its
   * groups are one another's ancestors.
   *
   * @param some those that there are not are left out
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

  /** Those that there are of some groups. */
  Set<EntityRef> known(Set<EntityRef> some) {
    return some.stream().filter(this::has).collect(Collectors.toUnmodifiableSet());
  }

  /** What those of some groups that there are are called. */
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
