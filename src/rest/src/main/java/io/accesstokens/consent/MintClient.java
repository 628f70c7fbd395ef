package io.accesstokens.consent;

import io.accesstokens.oauth.Issuer;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The client that asks for a personal token on its user's behalf (RFC 6749, section 2): this
 * service's own page. It is public, and has one address to which browsers are sent back.
 *
 * @param id its {@code client_id}
 * @param name how people know it
 * @param redirectUri the only one, compared character by character (RFC 9700, section 2.1)
 */
record MintClient(String id, String name, URI redirectUri) {

  /** The one that is built in. */
  static final String ID = "access-tokens-mint";

  static MintClient builtIn(Issuer issuer) {
    return new MintClient(ID, "Personal tokens", issuer.at(MintResource.CALLBACK));
  }

  /** Whether a request names this client and its address, each once. */
  boolean isNamedBy(Map<String, List<String>> parameters) {
    return List.of(id).equals(parameters.get("client_id"))
        && List.of(redirectUri.toString()).equals(parameters.get("redirect_uri"));
  }
}
