package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Set;

/**
 * The parsed content of a catalog file.
 *
 * @param tree the groups
 * @param groupsOf for each user, the existing groups that list the user as a member, and the
 *     existing groups that the user lists
 */
record Catalog(GroupTree tree, Map<EntityRef, Set<EntityRef>> groupsOf) {
  Catalog {
    groupsOf = Map.copyOf(groupsOf);
  }
}
