package io.accesstokens.directory;

import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.util.Set;

/**
 * A group directory without groups, for an installation without a configured group directory. The
 * methods never throw an exception.
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
