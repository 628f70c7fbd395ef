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
 * Keeps sessions. Safe for use by many threads. Every method throws {@link
 * StoreUnavailableException} if the store is out of reach, or does not say what became of a change.
 */
public interface SessionStore {

  /** How many sessions a person can have at a time. */
  int MOST_OF_A_PERSON = 50;

  /**
   * Keeps a new session. Those of the same person beyond {@link #MOST_OF_A_PERSON} are gone then,
   * the ones that were not seen for longest first.
   *
   * @param key the digest of its key
   */
  void create(TokenDigest key, Session session);

  /** The session of that key as it is now, whether or not its time is over. */
  Optional<Session> find(TokenDigest key);

  /**
   * Returns the sessions of a person, the one that was seen last first, whether or not their time
   * is over. At most 500.
   */
  List<Session> findAllOf(EntityRef user);

  /**
   * Gives a session a new key, its sign-in and the time of that. Everything else stays as it is.
   *
   * @param former the digest of the key that it has; that key is of no use any more
   * @param key the digest of its new key
   * @param renewed the session, with the id that it has
   * @return false if no session has the former key; nothing was changed then
   */
  boolean renew(TokenDigest former, TokenDigest key, Session renewed);

  /** Takes a session away, if it is there: it is found nowhere any more. */
  void delete(UUID id);

  /** Takes all sessions of a person away. */
  void deleteAllOf(EntityRef user);

  /** Takes all sessions of a person away but the one of that id. */
  void deleteOthersOf(EntityRef user, UUID kept);

  /** Notes when and from where sessions were seen, unless they were seen later or are gone. */
  void seen(Map<UUID, Session.Sighting> sightings);

  /**
   * Takes sessions away that are over.
   *
   * @param expiredAt those that end by then
   * @param lastSeenBefore and those that were not seen since
   */
  void deleteOver(Instant expiredAt, Instant lastSeenBefore);
}
