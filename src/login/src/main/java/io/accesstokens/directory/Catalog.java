package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Set;

/**
 * What a catalog file says.
 *
 * @param tree its groups
 * @param groupsOf by user: the groups that name them, or that they name; only groups that there are
 */
record Catalog(GroupTree tree, Map<EntityRef, Set<EntityRef>> groupsOf) {
  Catalog {
    groupsOf = Map.copyOf(groupsOf);
  }
}
