package io.accesstokens.session;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Stores browser sessions of users. Implementations must be thread-safe. Every method throws {@link
 * StoreUnavailableException} if the store cannot be reached, or if the outcome of a change is
 * unknown.
 */
public interface SessionStore {

  /** Maximum number of stored sessions of one user. */
  int MAX_PER_USER = 50;

  /**
   * Adds a session. If the user then has more than {@link #MAX_PER_USER} sessions, deletes the
   * surplus. The deleted sessions are those that have been idle for the longest time.
   *
   * @param key the digest of the session key
   */
  void create(TokenDigest key, Session session);

  /**
   * Returns the stored session, even if the session has expired.
   *
   * @param key the digest of the session key
   * @return empty if no session has this key
   */
  Optional<Session> find(TokenDigest key);

  /**
   * Returns the stored session that has this key, or that had this key until its latest renewal.
   * The result may only be used to end the session, because {@link #renew} makes the former key
   * invalid. The default implementation finds a session only by its current key.
   *
   * @param key the digest of the session key
   * @return empty if no session has this key as its current key or as its former key
   */
  default Optional<Session> findToEnd(TokenDigest key) {
    return find(key);
  }

  /**
   * Returns at most 500 sessions of a user, including expired sessions. The session with the latest
   * request comes first.
   */
  List<Session> findAllOf(EntityRef user);

  /**
   * Replaces the key, the sign-in and the sign-in time of a session. Nothing else changes.
   *
   * @param former the digest of the key that is replaced; after this call, this key can only end
   *     the session
   * @param key the digest of the new key
   * @param renewed the session, with its unchanged id
   * @return true if the session was changed; false if the session does not have the key {@code
   *     former}
   */
  boolean renew(TokenDigest former, TokenDigest key, Session renewed);

  /** Deletes a session, if the session exists. After this call, no replica finds the session. */
  void delete(UUID id);

  /** Deletes all sessions of a user. */
  void deleteAllOf(EntityRef user);

  /**
   * Deletes all sessions of a user except one.
   *
   * @param kept the id of the session that continues
   */
  void deleteOthersOf(EntityRef user, UUID kept);

  /**
   * Stores the time and address of the last request in each session. Ignores deleted sessions, and
   * sessions for which a request at the same time or later is already stored.
   *
   * @param activities the last requests, by session id
   */
  void recordActivity(Map<UUID, Session.Activity> activities);

  /**
   * Deletes expired sessions, idle sessions, and sessions whose last request is in the future
   * because of a wrong clock.
   *
   * @param expiredAt deletes sessions whose absolute end is not after this instant
   * @param lastSeenBefore deletes sessions whose last request was before this instant
   * @param lastSeenAfter deletes sessions whose last request was after this instant
   */
  void deleteEnded(Instant expiredAt, Instant lastSeenBefore, Instant lastSeenAfter);
}
