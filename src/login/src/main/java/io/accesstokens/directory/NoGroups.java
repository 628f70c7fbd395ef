package io.accesstokens.directory;

import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.util.Set;

/**
 * A directory without groups, for an installation that has configured no directory. Never fails.
 */
public final class NoGroups implements GroupDirectory {

  @Override
  public boolean exists(EntityRef group) {
    return false;
  }

  @Override
  public Set<EntityRef> groupsOf(EntityRef user) {
    return Set.of();
  }
}
