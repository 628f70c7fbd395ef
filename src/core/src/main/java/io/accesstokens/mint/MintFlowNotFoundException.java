package io.accesstokens.mint;

/**
 * Thrown if the caller has no such flow. The flow never existed, has expired, is used up, or
 * belongs to another user or session. The caller never learns which of these is the case. Nothing
 * was changed.
 */
public final class MintFlowNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MintFlowNotFoundException() {
    super(
        "there is no such token request; it may have expired, been used, or belong to"
            + " another session");
  }
}
