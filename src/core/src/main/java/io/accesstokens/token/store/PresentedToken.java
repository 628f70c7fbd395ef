package io.accesstokens.token.store;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenFacts;
import java.time.Instant;
import java.util.List;

/**
 * A token that was found by the digest of one of its raw tokens.
 *
 * @param token the token
 * @param secretNumber the number of the secret in that raw token
 * @param <T> the kind of token
 */
public record PresentedToken<T extends AccessToken>(T token, int secretNumber) {

  /** Returns true if the secret is the current secret of the token. */
  public boolean isCurrent() {
    return secretNumber == token.secrets().number();
  }

  /**
   * Returns true if the secret was ended. Returns false for a previous secret whose grace period is
   * over, until the store records the end of this secret.
   */
  public boolean isEnded() {
    PreviousSecret previous = token.secrets().previous();
    return !isCurrent() && (previous == null || previous.number() != secretNumber);
  }

  /**
   * Returns the facts about the token and the secret that a verifier needs for a verdict.
   *
   * @param scopes the effective scopes of the token
   */
  public TokenFacts facts(List<String> scopes) {
    boolean revoked = token.revokedAt() != null;
    if (isCurrent()) {
      return new TokenFacts(token.asAccepted(scopes), revoked);
    }
    // A repeated rotation replaces the current secret, so this instant can be later than the
    // first request of the rotation.
    PresentedSecret secret =
        new PresentedSecret(
            new SecretId(token.id(), secretNumber), true, false, token.secrets().createdAt());
    return new TokenFacts(token.asAccepted(scopes, secretExpiresAt(), secret), revoked, isEnded());
  }

  private Instant secretExpiresAt() {
    PreviousSecret previous = token.secrets().previous();
    return previous == null || previous.expiresAt().isAfter(token.expiresAt())
        ? token.expiresAt()
        : previous.expiresAt();
  }
}
