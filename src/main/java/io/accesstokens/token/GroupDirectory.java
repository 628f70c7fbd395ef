package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Set;

/** Knows which groups there are and who belongs to them. Safe for use by many threads. */
public interface GroupDirectory {

  /**
   * Whether there is such a group.
   *
   * @throws DirectoryUnavailable if it cannot be found out now
   */
  boolean exists(EntityRef group);

  /**
   * The groups to which a user belongs; empty for an unknown user.
   *
   * @throws DirectoryUnavailable if it cannot be found out now
   */
  Set<EntityRef> groupsOf(EntityRef user);
}
