package io.accesstokens.verify;

import org.jspecify.annotations.Nullable;

/** Receives the outcome of each use of a raw token as a credential. Methods must return at once. */
public interface VerificationListener {

  /** Ignores all outcomes. */
  VerificationListener NOBODY =
      new VerificationListener() {
        @Override
        public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {}

        @Override
        public void refused(Verification.Refused refused, @Nullable String clientAddress) {}
      };

  /** Called when a request was accepted because of its token. */
  void accepted(Verification.Accepted accepted, @Nullable String clientAddress);

  /** Called when a request was refused because of its token. */
  void refused(Verification.Refused refused, @Nullable String clientAddress);
}
