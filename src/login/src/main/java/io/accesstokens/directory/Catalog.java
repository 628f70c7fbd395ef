package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Set;

/**
 * The parsed content of a catalog file.
 *
 * @param tree the groups and their parents
 * @param groupsOf the groups of each user. A user belongs to a group if the group lists the user or
 *     if the user lists the group. Groups that are missing in the file are omitted
 * @param mails the mail addresses, by the entity ref of the group or user
 */
record Catalog(
    GroupTree tree, Map<EntityRef, Set<EntityRef>> groupsOf, Map<EntityRef, String> mails) {
  Catalog {
    mails = Map.copyOf(mails);
    groupsOf = Map.copyOf(groupsOf);
  }
}
