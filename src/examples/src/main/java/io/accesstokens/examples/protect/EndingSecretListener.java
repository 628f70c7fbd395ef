package io.accesstokens.examples.protect;

import io.accesstokens.verify.LogLimit;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

// region: ending
/** Logs the callers that still use the previous secret of a rotated token. */
public final class EndingSecretListener implements VerificationListener {

  private static final Logger LOG = System.getLogger(EndingSecretListener.class.getName());

  private final LogLimit lines = new LogLimit(1); // at most one line a second

  @Override
  public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
    if (accepted.secret().previous()) {
      lines.log(
          LOG,
          Level.WARNING,
          accepted.subject()
              + " at "
              + clientAddress
              + " uses a secret that ends at "
              + accepted.expiresAt());
    }
  }

  @Override
  public void refused(Verification.Refused refused, @Nullable String clientAddress) {
    // A remote verifier does not know why a token was refused.
  }
}
// endregion
