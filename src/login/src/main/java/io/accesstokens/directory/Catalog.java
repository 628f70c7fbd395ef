package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Set;

/**
 * The parsed content of a catalog file.
 *
 * @param tree the groups
 * @param groupsOf the groups of each user; these are the existing groups that list the user or that
 *     the user lists
 */
record Catalog(GroupTree tree, Map<EntityRef, Set<EntityRef>> groupsOf) {
  Catalog {
    groupsOf = Map.copyOf(groupsOf);
  }
}
