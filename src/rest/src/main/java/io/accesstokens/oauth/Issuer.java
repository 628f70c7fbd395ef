package io.accesstokens.oauth;

import java.net.URI;

/**
 * The identity of this token issuer and the addresses of its endpoints.
 *
 * <p>The published metadata contains the identifier and the addresses (RFC 8414, section 2). Each
 * signed token contains the identifier.
 *
 * <p>The base URL comes from the settings, or is the loopback address of the server. The base URL
 * does not come from the {@code Host} header, because then a client could choose the issuer of a
 * token.
 *
 * @param baseUrl the URL at which clients reach the application, without a slash at the end
 */
public record Issuer(URI baseUrl) {

  /**
   * Creates an issuer from its base URL.
   *
   * @throws IllegalArgumentException if the URL is not absolute or ends with a slash
   */
  public Issuer {
    if (!baseUrl.isAbsolute() || baseUrl.toString().endsWith("/")) {
      throw new IllegalArgumentException(
          "the base URL must be absolute and must not end with a slash");
    }
  }

  /** Returns the {@code iss} of tokens, for example {@code https://tokens.example.com/api/auth}. */
  public String identifier() {
    return baseUrl + "/api/auth";
  }

  /** Returns the URL of the authorization endpoint (RFC 6749, section 3.1). */
  public URI authorizationEndpoint() {
    return at(AuthorizationServer.AUTHORIZATION_PATH);
  }

  /** Returns the URL of the token endpoint (RFC 6749, section 3.2). */
  public URI tokenEndpoint() {
    return at(TokenEndpoint.PATH);
  }

  /** Returns the URL of the introspection endpoint (RFC 7662). */
  public URI introspectionEndpoint() {
    return at(IntrospectionEndpoint.PATH);
  }

  /** Returns the URL of the revocation endpoint (RFC 7009). */
  public URI revocationEndpoint() {
    return at(RevocationEndpoint.PATH);
  }

  /** Returns the URL of the API root, without a slash at the end. */
  public URI apiRoot() {
    return URI.create(baseUrl + "/api");
  }

  /**
   * Returns the URL of a path of this API.
   *
   * @param path the path, relative to the API root, without a slash at the start
   */
  public URI at(String path) {
    return URI.create(apiRoot() + "/" + path);
  }
}
