package io.accesstokens.examples.protect;

import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

// region: ending
/** Logs the callers that still use the previous secret of a rotated token. */
public final class EndingSecretListener implements VerificationListener {

  private static final Logger LOG = System.getLogger(EndingSecretListener.class.getName());

  private final LogLimit lines = new LogLimit(1); // at most one line a second

  @Override
  public void accepted(Verification.Accepted accepted, ClientInfo client) {
    if (accepted.secret().previous()) {
      lines.log(
          LOG,
          Level.WARNING,
          accepted.subject()
              + " at "
              + client.address()
              + " ("
              + client.product()
              + ")"
              + " uses a secret that ends at "
              + accepted.expiresAt());
    }
  }

  @Override
  public void refused(Verification.Refused refused, ClientInfo client) {
    // A remote verifier rarely knows why a token was refused.
  }
}
// endregion
