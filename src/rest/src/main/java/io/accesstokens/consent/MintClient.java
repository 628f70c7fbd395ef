package io.accesstokens.consent;

import io.accesstokens.oauth.Issuer;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The OAuth client that requests a personal token for a user (RFC 6749, section 2). The client is a
 * page of this service. The client is public: it has no client secret.
 *
 * @param id the {@code client_id}
 * @param name the display name
 * @param redirectUri the only redirect URI, compared character by character (RFC 9700, section 2.1)
 */
record MintClient(String id, String name, URI redirectUri) {

  /** The {@code client_id} of the built-in client. */
  static final String ID = "access-tokens-mint";

  static MintClient builtIn(Issuer issuer) {
    return new MintClient(ID, "Personal tokens", issuer.at(MintResource.CALLBACK));
  }

  /**
   * Returns true if the parameters of a request contain the {@code client_id} and the redirect URI
   * of this client, each exactly once.
   */
  boolean isNamedBy(Map<String, List<String>> parameters) {
    return List.of(id).equals(parameters.get("client_id"))
        && List.of(redirectUri.toString()).equals(parameters.get("redirect_uri"));
  }
}
