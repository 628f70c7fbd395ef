package io.accesstokens.exchange;

import java.util.List;

/**
 * A service that accepts short-lived tokens.
 *
 * @param identifier the value in {@code aud} that identifies the service (RFC 7519, section 4.1.3)
 * @param requiredScopes the scopes that a token needs for this service; can be empty. The {@code
 *     aud} of a token contains the service only if the token has all these scopes
 */
public record Audience(String identifier, List<String> requiredScopes) {

  public Audience {
    requiredScopes = List.copyOf(requiredScopes);
  }

  /** Returns an audience that requires no scope. */
  public static Audience of(String identifier) {
    return new Audience(identifier, List.of());
  }

  /** Returns true if the given scopes include all required scopes of this service. */
  boolean accepts(List<String> scopes) {
    return scopes.containsAll(requiredScopes);
  }
}
