package io.accesstokens.mint;

/**
 * Thrown if the caller has no flow with the id, state or code in the request. The flow never
 * existed, has expired, was already used, or belongs to another user or session. The exception does
 * not contain the reason. Nothing was changed.
 */
public final class MintFlowNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MintFlowNotFoundException() {
    super(
        "there is no such token request; it may have expired, been used, or belong to"
            + " another session");
  }
}
