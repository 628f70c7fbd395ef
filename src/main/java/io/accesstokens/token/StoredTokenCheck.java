package io.accesstokens.token;

import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenCheck;
import io.accesstokens.verify.Verification;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Checks service tokens against the store: one read by digest, then {@link ServiceToken#statusAt}.
 */
public final class StoredTokenCheck implements TokenCheck {

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
    Optional<ServiceToken> found =
        rawToken.kind() == RawToken.Kind.SERVICE ? store.find(rawToken.digest()) : Optional.empty();
    if (found.isEmpty()) {
      return new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());
    }
    ServiceToken token = found.get();
    return switch (token.statusAt(clock.instant())) {
      case ACTIVE, EXPIRING -> token.asAccepted(effective(token.scopes()));
      case EXPIRED -> refused(Verification.Reason.EXPIRED, token);
      case REVOKED -> refused(Verification.Reason.REVOKED, token);
    };
  }

  private List<String> effective(List<String> scopes) {
    return scopes.stream()
        .filter(scope -> !scope.startsWith(Permissions.PREFIX) || catalogue.contains(scope))
        .toList();
  }

  private static Verification refused(Verification.Reason reason, ServiceToken token) {
    return new Verification.Refused(reason, Optional.of(token.id()));
  }
}
