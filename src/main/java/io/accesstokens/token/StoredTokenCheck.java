package io.accesstokens.token;

import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenCheck;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.TokenLookup;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Checks service tokens against the store: one read by digest, then the facts' verdict, which is
 * that of {@link ServiceToken#statusAt}. A cache takes the facts.
 */
public final class StoredTokenCheck implements TokenCheck, TokenLookup {

  private final TokenStore store;
  private final ScopeCatalogue catalogue;
  private final Clock clock;

  /**
   * @param catalogue the scopes that count. One that a token holds and that is a permission of this
   *     service is passed over unless it is in the catalogue: when token management is turned off,
   *     tokens that had it lose it.
   */
  public StoredTokenCheck(TokenStore store, ScopeCatalogue catalogue, Clock clock) {
    this.store = store;
    this.catalogue = catalogue;
    this.clock = clock;
  }

  @Override
  public Verification check(RawToken rawToken) {
    Instant now = clock.instant();
    return find(rawToken)
        .map(facts -> facts.at(now))
        .orElseGet(() -> new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty()));
  }

  @Override
  public Optional<TokenFacts> find(RawToken rawToken) {
    Optional<ServiceToken> found =
        rawToken.kind() == RawToken.Kind.SERVICE ? store.find(rawToken.digest()) : Optional.empty();
    return found.map(
        token ->
            new TokenFacts(
                new Verification.Accepted(
                    token.id(),
                    token.subject(),
                    token.group(),
                    effective(token.scopes()),
                    token.expiresAt()),
                token.revokedAt() != null));
  }

  private List<String> effective(List<String> scopes) {
    return scopes.stream()
        .filter(scope -> !scope.startsWith(Permissions.PREFIX) || catalogue.contains(scope))
        .toList();
  }
}
