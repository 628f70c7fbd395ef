package io.accesstokens.token;

import io.accesstokens.verify.VerificationUnavailableException;
import org.jspecify.annotations.Nullable;

/** Thrown if the store cannot be reached, or if the outcome of a write is unknown. */
public final class StoreUnavailableException extends VerificationUnavailableException {

  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
