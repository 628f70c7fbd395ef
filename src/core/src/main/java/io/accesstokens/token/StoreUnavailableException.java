package io.accesstokens.token;

import io.accesstokens.verify.VerificationUnavailableException;
import org.jspecify.annotations.Nullable;

/** The store is out of reach, or did not say what became of a write. */
public final class StoreUnavailableException extends VerificationUnavailableException {

  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
