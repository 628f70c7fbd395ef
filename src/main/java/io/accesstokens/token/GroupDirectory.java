package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Map;
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

  /**
   * What groups are called, for lists that show many. From memory, at once: it does no I/O, waits
   * for nobody and never throws {@link DirectoryUnavailable}.
   *
   * @return by group; those are left out of which nothing is known, or nothing just now
   */
  default Map<EntityRef, String> displayNames(Set<EntityRef> groups) {
    return Map.of();
  }
}
