package io.accesstokens.mint;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Stores the flows that create personal tokens. Implementations must be thread-safe, and several
 * processes may share the stored data. Every method throws {@link StoreUnavailableException} if the
 * store cannot be reached, or if the outcome of a change is unknown.
 */
public interface MintFlowStore {

  /** Maximum number of stored flows for one user. */
  int MAX_PER_USER = 20;

  /**
   * Adds a flow. If the user then has more than {@link #MAX_PER_USER} flows, deletes the oldest
   * flows of this user. The limit also applies to concurrent calls.
   */
  void create(MintFlow flow);

  /** Returns the stored flow with this id, even if the flow has expired. */
  Optional<MintFlow> find(UUID id);

  /** Returns the flow whose state has this digest. */
  Optional<MintFlow> findByState(TokenDigest state);

  /** Returns the flow whose code has this digest, at any stage. */
  Optional<MintFlow> findByCode(TokenDigest code);

  /**
   * Moves a flow to its next stage. The stored flow gets the stage, code, expiry, session, state
   * and code challenge of {@code next}. Several callers can read the flow at the same stage, and
   * then call this method or {@link #delete}. Exactly one of these calls succeeds.
   *
   * @param current the flow as the caller read it; the stored flow must still be at the same stage
   * @return true if this call moved the flow; false if the flow has left the stage of {@code
   *     current} or was deleted
   */
  boolean replace(MintFlow current, MintFlow next);

  /**
   * Deletes a flow, if the flow is still at the stage of {@code current}. Several callers can read
   * the flow at the same stage, and then call this method or {@link #replace}. Exactly one of these
   * calls succeeds.
   *
   * @return true if this call deleted the flow; false if the flow has left the stage of {@code
   *     current} or was deleted
   */
  boolean delete(MintFlow current);

  /** Deletes all flows that are expired at this instant. */
  void deleteEnded(Instant now);
}
