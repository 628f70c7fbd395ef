package io.accesstokens.token.directory;

import io.accesstokens.verify.EntityRef;

/**
 * Looks up whether users are present. A user who has left or was locked out must not be able to use
 * a credential. The service calls a directory at each use of a personal token. Therefore a
 * directory must respond from memory or within bounded time. Implementations must be thread-safe.
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
     * The presence of the user cannot be determined now. Callers must treat this value as an
     * outage, never as presence or absence. It is a value and not an exception, so that each caller
     * must handle it.
     */
    UNKNOWN
  }

  /** A directory without a list of users. It reports all users as present. */
  UserDirectory UNLISTED = user -> Presence.PRESENT;

  /**
   * Returns the presence of a user. Never throws.
   *
   * @param user the ref of a user
   */
  Presence presence(EntityRef user);

  /**
   * Returns a directory that combines two directories. A user is present if both directories report
   * {@link Presence#PRESENT}. A user is absent if one of the directories reports {@link
   * Presence#GONE}. In all other cases, the presence is {@link Presence#UNKNOWN}.
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
