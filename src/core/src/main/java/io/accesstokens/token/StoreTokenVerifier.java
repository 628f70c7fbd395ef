package io.accesstokens.token;

import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.TokenLookup;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks tokens against the store: one read by digest, then the facts' verdict, which is that of
 * {@link AccessToken#statusAt}. A cache takes the facts.
 */
public final class StoreTokenVerifier implements TokenVerifier, TokenLookup {

  private static final int MOST_AT_ONCE = 100;

  private final TokenStore store;
  private final ScopeCatalogue catalogue;
  private final Clock clock;
  private final boolean personal;

  /**
   * A check of service tokens; to it, personal tokens are unknown.
   *
   * @param catalogue the scopes that count. One that a token holds and that is a permission of this
   *     service is passed over unless it is in the catalogue: when token management is turned off,
   *     tokens that had it lose it.
   */
  public StoreTokenVerifier(TokenStore store, ScopeCatalogue catalogue, Clock clock) {
    this(store, catalogue, clock, false);
  }

  private StoreTokenVerifier(
      TokenStore store, ScopeCatalogue catalogue, Clock clock, boolean personal) {
    this.store = store;
    this.catalogue = catalogue;
    this.clock = clock;
    this.personal = personal;
  }

  /**
   * The same, which also finds personal tokens. It says nothing of their users: whoever lets
   * requests in asks {@link PersonalTokenService#standing} as well.
   */
  public StoreTokenVerifier andPersonal() {
    return new StoreTokenVerifier(store, catalogue, clock, true);
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
    return switch (rawToken.kind()) {
      case SERVICE ->
          store.find(rawToken.digest()).map(token -> facts(token, effective(token.scopes())));
      case PERSONAL ->
          personal
              ? store
                  .personal()
                  .flatMap(tokens -> tokens.find(rawToken.digest()))
                  .map(token -> facts(token, delegated(token.scopes())))
              : Optional.empty();
    };
  }

  /** By one read for each kind that is among them. */
  @Override
  public Map<TokenDigest, TokenFacts> findAll(Collection<RawToken> rawTokens) {
    Map<TokenDigest, TokenFacts> found = new HashMap<>();
    Set<TokenDigest> service = digests(RawToken.Kind.SERVICE, rawTokens);
    if (!service.isEmpty()) {
      store
          .findByDigest(service)
          .forEach((digest, token) -> found.put(digest, facts(token, effective(token.scopes()))));
    }
    Set<TokenDigest> others = digests(RawToken.Kind.PERSONAL, rawTokens);
    if (personal && !others.isEmpty()) {
      store
          .personal()
          .map(tokens -> tokens.findByDigest(others))
          .orElse(Map.of())
          .forEach((digest, token) -> found.put(digest, facts(token, delegated(token.scopes()))));
    }
    return found;
  }

  private static Set<TokenDigest> digests(RawToken.Kind kind, Collection<RawToken> rawTokens) {
    return rawTokens.stream()
        .filter(token -> token.kind() == kind)
        .map(RawToken::digest)
        .collect(Collectors.toSet());
  }

  /** As many as half of a servlet container's threads, by default: more do not wait together. */
  @Override
  public int mostAtOnce() {
    return MOST_AT_ONCE;
  }

  private static TokenFacts facts(AccessToken token, List<String> scopes) {
    return new TokenFacts(token.asAccepted(scopes), token.revokedAt() != null);
  }

  /** From here on, no scopes means no scopes. */
  private static List<String> delegated(List<String> scopes) {
    return scopes.isEmpty() ? Permissions.DELEGATED_BY_DEFAULT : scopes;
  }

  private List<String> effective(List<String> scopes) {
    return scopes.stream()
        .filter(scope -> !scope.startsWith(Permissions.PREFIX) || catalogue.contains(scope))
        .toList();
  }
}
