package io.accesstokens.mint;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Stores flows. Safe for use by many threads, and by all processes that share the stored data.
 * Every method throws {@link StoreUnavailableException} if the store cannot be reached, or if the
 * outcome of a change is unknown.
 */
public interface MintFlowStore {

  /** Maximum number of flows of a user. */
  int MOST_OF_A_USER = 20;

  /**
   * Adds a flow. If the user then has more than {@link #MOST_OF_A_USER} flows, deletes the oldest
   * ones. The limit also holds under concurrent calls.
   */
  void create(MintFlow flow);

  /** Returns the flow with this id in its current state, even if it has expired. */
  Optional<MintFlow> find(UUID id);

  /** Returns the flow whose state has this digest. */
  Optional<MintFlow> findByState(TokenDigest state);

  /** Returns the flow whose code has this digest, at any stage. */
  Optional<MintFlow> findByCode(TokenDigest code);

  /**
   * Moves a flow to its next stage. Stage, code, expiry, state and challenge are taken from {@code
   * next}. Of any number of calls for one stage of a flow, including calls of {@link #remove},
   * exactly one succeeds.
   *
   * @return false if the flow has left that stage or was deleted
   */
  boolean replace(MintFlow current, MintFlow next);

  /**
   * Deletes a flow at that stage, with the same guarantee as {@link #replace}.
   *
   * @return false if the flow has left that stage or was deleted
   */
  boolean remove(MintFlow current);

  /** Deletes the flows that are expired at this instant. */
  void deleteOver(Instant now);
}
