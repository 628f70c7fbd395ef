package io.accesstokens.app.transparency.witness;

import io.accesstokens.log.VerifierKey;
import io.accesstokens.transparency.delivery.Cosignatures;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.util.List;

/**
 * The validated settings of a witness. {@link #toString} does not return the URL, because the URL
 * can contain a secret.
 *
 * @param url the URL to which checkpoints are submitted ({@code add-checkpoint})
 * @param key the key that verifies the cosignatures of the witness
 * @param allowed the addresses that are allowed in addition to public addresses
 */
public record Witness(URI url, VerifierKey key, List<AddressRange> allowed) {

  public Witness {
    allowed = List.copyOf(allowed);
  }

  /** Returns the id of this witness in the store. */
  String target() {
    return Cosignatures.target(key);
  }

  @Override
  public String toString() {
    return key.name();
  }
}
