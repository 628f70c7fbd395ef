package io.accesstokens.oauth;

import java.util.List;

/**
 * Handles one grant type of the {@link TokenEndpoint} (RFC 6749, section 4).
 *
 * <p>Implementations are thread-safe.
 */
public interface TokenGrant {

  /** Returns the {@code grant_type}, for example {@code refresh_token}. */
  String type();

  /**
   * Handles a token request.
   *
   * <p>The endpoint converts exceptions to error responses:
   *
   * <ul>
   *   <li>{@link io.accesstokens.token.StoreUnavailableException} becomes 503 with {@code
   *       temporarily_unavailable};
   *   <li>{@link io.accesstokens.token.policy.TooManyChangesException} becomes 429.
   * </ul>
   */
  Outcome grant(GrantRequest request);

  /** The result of a token request. */
  sealed interface Outcome permits Issued, Refused {}

  /**
   * The result if a token was created (RFC 6749, section 5.1). The response contains no refresh
   * token.
   *
   * @param accessToken the new token, which is a secret; not empty
   * @param expiresIn the lifetime of the token, in seconds
   * @param scopes the scopes of the token
   * @param issuedTokenType a URI for the type of the token (RFC 8693, section 3)
   */
  record Issued(String accessToken, long expiresIn, List<String> scopes, String issuedTokenType)
      implements Outcome {

    /** The type of a token that is a JWT (RFC 8693, section 3). */
    public static final String JWT = "urn:ietf:params:oauth:token-type:jwt";

    /** The type of any access token (RFC 8693, section 3). */
    public static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    public Issued {
      scopes = List.copyOf(scopes);
    }

    /** Returns a text without the token. */
    @Override
    public String toString() {
      return "Issued[redacted, " + expiresIn + ", " + scopes + "]";
    }
  }

  /**
   * The result if no token was created (RFC 6749, section 5.2).
   *
   * @param description a sentence in printable ASCII, without text from the request
   */
  record Refused(Reason reason, String description) implements Outcome {}

  /** The reason why no token was created (RFC 6749, section 5.2). */
  enum Reason {
    /** A parameter is missing or malformed. */
    INVALID_REQUEST,
    /**
     * The client is unknown. The status is 400 and not 401, because the client sent no credential.
     */
    INVALID_CLIENT,
    /** The code or token is not valid, for any reason. */
    INVALID_GRANT,
    /** A requested scope is unknown or malformed, or was not granted. */
    INVALID_SCOPE
  }
}
