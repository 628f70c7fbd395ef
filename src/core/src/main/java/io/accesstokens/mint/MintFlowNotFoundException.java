package io.accesstokens.mint;

/**
 * There is no such flow for whoever asks: never begun, over, used up, or somebody else's. Which one
 * is told to nobody. Nothing was changed.
 */
public final class MintFlowNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MintFlowNotFoundException() {
    super("there is no such request for a token; it may be over, used, or of another session");
  }
}
