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
 * Stores sessions. Safe for use by many threads. Every method throws {@link
 * StoreUnavailableException} if the store cannot be reached, or if the outcome of a change is
 * unknown.
 */
public interface SessionStore {

  /** Maximum number of sessions of a user. */
  int MOST_OF_A_PERSON = 50;

  /**
   * Adds a session. If the user then has more than {@link #MOST_OF_A_PERSON} sessions, deletes
   * those that have been idle for the longest time.
   *
   * @param key the digest of the session key
   */
  void create(TokenDigest key, Session session);

  /** Returns the session with this key in its current state, even if it has expired. */
  Optional<Session> find(TokenDigest key);

  /** Returns the sessions of a user, the last seen first, including expired ones. At most 500. */
  List<Session> findAllOf(EntityRef user);

  /**
   * Replaces the key, the sign-in and the sign-in time of a session. Nothing else changes.
   *
   * @param former the digest of the current key, which becomes invalid
   * @param key the digest of the new key
   * @param renewed the session, with its unchanged id
   * @return false if no session has the former key; then nothing was changed
   */
  boolean renew(TokenDigest former, TokenDigest key, Session renewed);

  /** Deletes a session, if it exists. No replica finds it any more. */
  void delete(UUID id);

  /** Deletes all sessions of a user. */
  void deleteAllOf(EntityRef user);

  /** Deletes all sessions of a user except the one with this id. */
  void deleteOthersOf(EntityRef user, UUID kept);

  /**
   * Records the last requests of sessions. Ignores deleted sessions and those with a later request.
   */
  void seen(Map<UUID, Session.Sighting> sightings);

  /**
   * Deletes expired and idle sessions.
   *
   * @param expiredAt deletes sessions whose absolute end is not after this instant
   * @param lastSeenBefore deletes sessions whose last request was before this instant
   */
  void deleteOver(Instant expiredAt, Instant lastSeenBefore);
}
