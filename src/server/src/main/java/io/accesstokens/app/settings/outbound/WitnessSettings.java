package io.accesstokens.app.settings.outbound;

import java.util.List;
import java.util.Optional;

/** A witness that cosigns checkpoints. */
public interface WitnessSettings {

  /**
   * Returns the URL of the witness (the submission prefix of c2sp.org/tlog-witness). The scheme is
   * https. The scheme http is allowed only for this machine.
   */
  String url();

  /** Returns the verifier key of the witness, which has the type 4 (cosignature). */
  String key();

  /** Returns the addresses and ranges that are allowed in addition to public addresses. */
  Optional<List<String>> allowedAddresses();
}
