package io.accesstokens.token.service;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.TokenStore;
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
 * Verifies tokens against the store. The verifier finds a token by the digest of its raw token, and
 * computes the verdict by the rule of {@link AccessToken#statusAt}. A cache of verdicts uses this
 * class to read facts.
 */
public final class StoreTokenVerifier implements TokenVerifier, TokenLookup {

  private static final int MAX_CONCURRENT = 100;

  private final TokenStore store;
  private final ScopeCatalog scopeCatalog;
  private final Clock clock;
  private final boolean personal;

  /**
   * Creates a verifier of service tokens. The verifier refuses personal tokens as unknown.
   *
   * @param scopeCatalog the scopes that tokens can have. If a permission of this service is not in
   *     the catalog, the verifier removes the permission from the scopes of a token. For example,
   *     the catalog has no permissions to manage tokens while token management is disabled.
   */
  public StoreTokenVerifier(TokenStore store, ScopeCatalog scopeCatalog, Clock clock) {
    this(store, scopeCatalog, clock, false);
  }

  private StoreTokenVerifier(
      TokenStore store, ScopeCatalog scopeCatalog, Clock clock, boolean personal) {
    this.store = store;
    this.scopeCatalog = scopeCatalog;
    this.clock = clock;
    this.personal = personal;
  }

  /**
   * Returns a verifier that accepts service tokens and personal tokens. The verifier does not check
   * the user of a personal token: the user may have left, or may lack the permissions. For
   * authentication, wrap this verifier with {@link PersonalTokenService#withUserCheck}.
   */
  public StoreTokenVerifier withPersonalTokens() {
    return new StoreTokenVerifier(store, scopeCatalog, clock, true);
  }

  @Override
  public Verification verify(RawToken rawToken) {
    Instant now = clock.instant();
    return find(rawToken)
        .map(facts -> facts.verdictAt(now))
        .orElseGet(() -> new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty()));
  }

  @Override
  public Optional<TokenFacts> find(RawToken rawToken) {
    return switch (rawToken.kind()) {
      case SERVICE -> store.findByDigest(rawToken.digest()).map(this::serviceFacts);
      case PERSONAL ->
          personal
              ? store
                  .personal()
                  .flatMap(tokens -> tokens.findByDigest(rawToken.digest()))
                  .map(StoreTokenVerifier::personalFacts)
              : Optional.empty();
    };
  }

  /** Reads the facts about several tokens, with one read for each kind of token. */
  @Override
  public Map<TokenDigest, TokenFacts> findAll(Collection<RawToken> rawTokens) {
    Map<TokenDigest, TokenFacts> found = new HashMap<>();
    Set<TokenDigest> service = digests(RawToken.Kind.SERVICE, rawTokens);
    if (!service.isEmpty()) {
      store
          .findByDigests(service)
          .forEach((digest, token) -> found.put(digest, serviceFacts(token)));
    }
    Set<TokenDigest> others = digests(RawToken.Kind.PERSONAL, rawTokens);
    if (personal && !others.isEmpty()) {
      store
          .personal()
          .map(tokens -> tokens.findByDigests(others))
          .orElse(Map.of())
          .forEach((digest, token) -> found.put(digest, personalFacts(token)));
    }
    return found;
  }

  private static Set<TokenDigest> digests(RawToken.Kind kind, Collection<RawToken> rawTokens) {
    return rawTokens.stream()
        .filter(token -> token.kind() == kind)
        .map(RawToken::digest)
        .collect(Collectors.toSet());
  }

  /**
   * Returns the maximum number of tokens in one read. A servlet container has 200 threads by
   * default. With a maximum of 100 tokens, at most half of these threads wait for one read.
   */
  @Override
  public int maxConcurrent() {
    return MAX_CONCURRENT;
  }

  private TokenFacts serviceFacts(PresentedToken<ServiceToken> found) {
    return found.facts(effective(found.token().scopes()));
  }

  private static TokenFacts personalFacts(PresentedToken<PersonalToken> found) {
    return found.facts(delegated(found.token().scopes()));
  }

  /**
   * Returns the effective scopes of a personal token. A token without scopes gets the default
   * scopes. So an empty list in a verdict means that no scope is effective.
   */
  private static List<String> delegated(List<String> scopes) {
    return scopes.isEmpty() ? Permissions.DELEGATED_BY_DEFAULT : scopes;
  }

  private List<String> effective(List<String> scopes) {
    return scopes.stream()
        .filter(scope -> !scope.startsWith(Permissions.PREFIX) || scopeCatalog.contains(scope))
        .toList();
  }
}
