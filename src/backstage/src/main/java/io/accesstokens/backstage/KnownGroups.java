package io.accesstokens.backstage;

import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.util.HashMap;
import java.util.Map;

/** Looks up groups in the group directory, and caches the results. */
final class KnownGroups {

  private final GroupDirectory directory;
  private final Map<EntityRef, Boolean> known = new HashMap<>();

  KnownGroups(GroupDirectory directory) {
    this.directory = directory;
  }

  boolean exists(EntityRef group) {
    return known.computeIfAbsent(group, directory::exists);
  }
}
