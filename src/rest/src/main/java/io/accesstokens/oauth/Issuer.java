package io.accesstokens.oauth;

import java.net.URI;

/**
 * Who issues tokens, and where that one's endpoints are: all of it is said in what is published
 * (RFC 8414, section 2), and the identifier in each signed token.
 *
 * <p>It is configured, or the loopback address that is served; never what a request says in {@code
 * Host}, or whoever sends one could have tokens issued in another's name.
 *
 * @param baseUrl where the application is reached, without a slash at its end
 */
public record Issuer(URI baseUrl) {

  /**
   * @throws IllegalArgumentException if the URL is not absolute, or ends in a slash
   */
  public Issuer {
    if (!baseUrl.isAbsolute() || baseUrl.toString().endsWith("/")) {
      throw new IllegalArgumentException("an absolute URL without a slash at its end");
    }
  }

  /** The {@code iss} of tokens: {@code https://tokens.example.com/api/auth}. */
  public String identifier() {
    return baseUrl + "/api/auth";
  }

  /** Where browsers are led to a consent (RFC 6749, section 3.1). */
  public URI authorizationEndpoint() {
    return at(AuthorizationServer.AUTHORIZATION_PATH);
  }

  /** Where tokens are given (RFC 6749, section 3.2). */
  public URI tokenEndpoint() {
    return at(TokenEndpoint.PATH);
  }

  /** Where a token is introspected (RFC 7662). */
  public URI introspectionEndpoint() {
    return at(IntrospectionEndpoint.PATH);
  }

  /** Where a token is revoked by its bearer (RFC 7009). */
  public URI revocationEndpoint() {
    return at(RevocationEndpoint.PATH);
  }

  /**
   * A path of the API.
   *
   * @param path without a slash at its beginning
   */
  public URI at(String path) {
    return URI.create(baseUrl + "/api/" + path);
  }
}
