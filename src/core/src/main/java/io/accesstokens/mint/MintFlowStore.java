package io.accesstokens.mint;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps flows. Safe for use by many threads, and by all processes that share what is stored. Every
 * method throws {@link StoreUnavailableException} if the store is out of reach, or does not say
 * what became of a change.
 */
public interface MintFlowStore {

  /** How many flows a user can have at a time. */
  int MOST_OF_A_USER = 20;

  /**
   * Keeps a new flow. Those of the same user beyond {@link #MOST_OF_A_USER} are gone then, the
   * oldest first; however many calls there are at a time, there never are more.
   */
  void create(MintFlow flow);

  /** The flow of that id as it is now, whether or not its time is over. */
  Optional<MintFlow> find(UUID id);

  /** The flow whose state has that digest. */
  Optional<MintFlow> findByState(TokenDigest state);

  /** The flow whose code, of whichever stage, has that digest. */
  Optional<MintFlow> findByCode(TokenDigest code);

  /**
   * Takes a flow to its next stage: stage, code, end, state and challenge are those of {@code next}
   * then. Of any number of calls for one stage of a flow, {@link #remove} included, exactly one
   * does it.
   *
   * @return false if the flow is not at that stage any more, or gone
   */
  boolean replace(MintFlow current, MintFlow next);

  /**
   * Takes a flow away at that stage, as {@link #replace}.
   *
   * @return false if the flow is not at that stage any more, or gone
   */
  boolean remove(MintFlow current);

  /** Takes flows away that are over at that instant. */
  void deleteOver(Instant now);
}
