package io.accesstokens.verify;

import org.jspecify.annotations.Nullable;

/** Is told the outcome of each use of a raw token as a credential. Must return at once. */
public interface VerificationListener {

  /** Passes over everything. */
  VerificationListener NOBODY =
      new VerificationListener() {
        @Override
        public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {}

        @Override
        public void refused(Verification.Refused refused, @Nullable String clientAddress) {}
      };

  /** A request was let in by this token. */
  void accepted(Verification.Accepted accepted, @Nullable String clientAddress);

  /** A request was turned away. */
  void refused(Verification.Refused refused, @Nullable String clientAddress);
}
