package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Set;

/**
 * The parsed content of a catalog file.
 *
 * @param tree the groups
 * @param groupsOf by user, the groups that list the user or that the user lists; existing groups
 *     only
 */
record Catalog(GroupTree tree, Map<EntityRef, Set<EntityRef>> groupsOf) {
  Catalog {
    groupsOf = Map.copyOf(groupsOf);
  }
}
