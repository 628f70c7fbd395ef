package io.accesstokens.oauth;

import java.util.List;

/**
 * One way to be given an access token at the {@link TokenEndpoint} (RFC 6749, section 4): what a
 * grant type stands for. Safe for use by many threads.
 */
public interface TokenGrant {

  /** The {@code grant_type}: {@code refresh_token}, for instance. */
  String type();

  /**
   * Decides about a request.
   *
   * <p>What it throws is answered as on all routes: {@link
   * io.accesstokens.token.StoreUnavailableException} is 503 and {@code temporarily_unavailable},
   * {@link io.accesstokens.token.TooManyChangesException} 429.
   */
  Outcome grant(TokenRequest request);

  /** What becomes of a request. */
  sealed interface Outcome permits Issued, Refused {}

  /**
   * A token is given (RFC 6749, section 5.1); nothing to refresh it with comes along.
   *
   * @param accessToken a secret, not empty
   * @param expiresIn how long it lives, in seconds
   * @param scopes what it may do
   * @param issuedTokenType what it is (a URI of RFC 8693, section 3)
   */
  record Issued(String accessToken, long expiresIn, List<String> scopes, String issuedTokenType)
      implements Outcome {

    /** The type of a token in the form of a JWT (RFC 8693, section 3). */
    public static final String JWT = "urn:ietf:params:oauth:token-type:jwt";

    /** The type of any access token (RFC 8693, section 3). */
    public static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    public Issued {
      scopes = List.copyOf(scopes);
    }

    /** Redacted. */
    @Override
    public String toString() {
      return "Issued[redacted, " + expiresIn + ", " + scopes + "]";
    }
  }

  /**
   * No token is given (RFC 6749, section 5.2).
   *
   * @param description a sentence in printable ASCII that holds nothing of the request
   */
  record Refused(Reason reason, String description) implements Outcome {}

  /** Why no token is given (RFC 6749, section 5.2). */
  enum Reason {
    /** A parameter is missing or malformed. */
    INVALID_REQUEST,
    /** The client is unknown. Answered 400: it sent no credential that could be challenged. */
    INVALID_CLIENT,
    /** The code or token is not good, whatever the reason. */
    INVALID_GRANT,
    /** The client may not use this grant type. */
    UNAUTHORIZED_CLIENT,
    /** A scope is unknown, malformed, or more than was granted. */
    INVALID_SCOPE
  }
}
