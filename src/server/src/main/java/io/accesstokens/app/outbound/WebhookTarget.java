package io.accesstokens.app.outbound;

import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/**
 * The endpoint to which a webhook is sent. {@link #toString} does not return the URL, because the
 * URL can contain a secret.
 *
 * @param url an http or https URL
 * @param secrets returns one or two secrets, separated by spaces, as {@link WebhookSignature} reads
 *     them
 * @param privateTargets the addresses that are allowed in addition to public addresses
 */
public record WebhookTarget(URI url, Supplier<String> secrets, List<AddressRange> privateTargets) {

  public WebhookTarget {
    privateTargets = List.copyOf(privateTargets);
  }

  @Override
  public String toString() {
    return "webhook";
  }
}
