package io.accesstokens.token.directory;

import io.accesstokens.verify.EntityRef;

/**
 * Looks up whether users are present. The service refuses the personal tokens of users who have
 * left or are locked out. The service calls a user directory at each use of a personal token.
 * Therefore an implementation must respond from memory or within bounded time. Implementations must
 * be thread-safe.
 */
@FunctionalInterface
public interface UserDirectory {

  /** The result of looking up whether a user is present. */
  enum Presence {

    /** The user is present, or the user directory has no list of users. */
    PRESENT,

    /** The user is absent or locked out. */
    GONE,

    /**
     * The presence of the user cannot be determined now. Callers must treat this value as an
     * outage, never as presence or absence. The outcome is a value and not an exception, so that
     * each caller must handle it.
     */
    UNKNOWN
  }

  /** A user directory without a list of users. This directory reports all users as present. */
  UserDirectory UNLISTED = user -> Presence.PRESENT;

  /**
   * Returns the presence of a user. Never throws.
   *
   * @param user the ref of a user
   */
  Presence presence(EntityRef user);

  /**
   * Returns a user directory that combines two user directories. A user is present if both
   * directories report {@link Presence#PRESENT}. A user is absent if one of the directories reports
   * {@link Presence#GONE}. In all other cases, the presence is {@link Presence#UNKNOWN}.
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
