package io.accesstokens.token.directory;

import io.accesstokens.verify.EntityRef;

/**
 * Looks up whether users are still present. A user who left or was locked out must not be able to
 * use a credential. Safe for use by many threads. Called at each use of a personal token, so it
 * must respond from memory or within bounded time.
 */
@FunctionalInterface
public interface UserDirectory {

  /** The presence of a user. */
  enum Presence {

    /** The user is present, or the directory has no list of users. */
    PRESENT,

    /** The user is absent or locked out. */
    GONE,

    /**
     * It cannot be determined now. This is a value and not an exception, so that each caller must
     * handle it: as an outage, never as presence or absence.
     */
    UNKNOWN
  }

  /** A directory without a list of users. All users count as present. */
  UserDirectory UNLISTED = user -> Presence.PRESENT;

  /**
   * Returns the presence of a user. Never throws.
   *
   * @param user the ref of a user
   */
  Presence presence(EntityRef user);

  /**
   * Combines two directories. A user must be present in both: a user who is absent from one is
   * absent.
   */
  default UserDirectory and(UserDirectory other) {
    return user -> {
      Presence first = presence(user);
      if (first == Presence.GONE) {
        return first;
      }
      Presence second = other.presence(user);
      return second == Presence.PRESENT ? first : second;
    };
  }
}
