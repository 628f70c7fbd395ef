package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;

/**
 * Knows whether people are still there: somebody who left, or was locked out, has no use for a
 * credential of theirs any more. Safe for use by many threads; asked at each use of a personal
 * token, so an answer comes from memory or in bounded time.
 */
@FunctionalInterface
public interface UserDirectory {

  /** What is known of a person. */
  enum Presence {

    /** They are there; or whoever is asked keeps no list of people. */
    PRESENT,

    /** They are not, or are locked out. */
    GONE,

    /**
     * It cannot be found out now. A value and no exception, so that whoever asks says what becomes
     * of it: an outage, never a refusal and never a pass.
     */
    UNKNOWN
  }

  /** Nobody keeps a list of people: they are taken to be there. */
  UserDirectory UNLISTED = user -> Presence.PRESENT;

  /**
   * Whether a person is still there. Never throws.
   *
   * @param user a user's ref
   */
  Presence presence(EntityRef user);

  /** Two lists, each of which must hold a person: who is gone from one is gone. */
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
