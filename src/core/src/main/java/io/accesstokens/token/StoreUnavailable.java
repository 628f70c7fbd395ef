package io.accesstokens.token;

import io.accesstokens.verify.VerificationUnavailable;
import org.jspecify.annotations.Nullable;

/** The store is out of reach, or did not say what became of a write. */
public final class StoreUnavailable extends VerificationUnavailable {

  private static final long serialVersionUID = 1L;

  public StoreUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
