package io.accesstokens.backstage;

import io.accesstokens.token.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One spelling for each group. To Backstage, refs that differ in case are the same; here they are
 * not, so what counts is what the directory knows.
 */
final class GroupSpelling {

  private final GroupDirectory directory;
  private final Map<EntityRef, Boolean> asked = new HashMap<>();

  GroupSpelling(GroupDirectory directory) {
    this.directory = directory;
  }

  boolean exists(EntityRef group) {
    return asked.computeIfAbsent(group, directory::exists);
  }

  /** As it is, unless the directory knows only the lower-case spelling of it. */
  EntityRef spelt(EntityRef group) {
    EntityRef lower = lower(group);
    return !exists(group) && exists(lower) ? lower : group;
  }

  /** The same for spellings of one group. */
  EntityRef key(EntityRef group) {
    return exists(group) ? group : lower(group);
  }

  private static EntityRef lower(EntityRef group) {
    return new EntityRef(
        group.kind(),
        group.namespace().toLowerCase(Locale.ROOT),
        group.name().toLowerCase(Locale.ROOT));
  }
}
