package io.accesstokens.token.service;

import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Verifies that the user of a personal token has not left, and determines the user's current
 * permissions. Another verifier verifies the token itself, and may use a cache. This class caches
 * no data of users.
 */
final class PersonalTokenVerifier implements TokenVerifier {

  private static final String NO_USER = "the user of a token cannot be looked up now";

  private final TokenVerifier verifier;
  private final PersonalTokenService service;

  PersonalTokenVerifier(TokenVerifier verifier, PersonalTokenService service) {
    this.verifier = verifier;
    this.service = service;
  }

  @Override
  public Verification verify(RawToken rawToken) {
    return checkUser(rawToken, verifier::verify);
  }

  @Override
  public Verification verify(RawToken rawToken, ChangeFeed.Position noOlderThan) {
    return checkUser(rawToken, token -> verifier.verify(token, noOlderThan));
  }

  @Override
  public Verification verifyInStore(RawToken rawToken) {
    return verifier.verifyInStore(rawToken);
  }

  private Verification checkUser(RawToken rawToken, Function<RawToken, Verification> verification) {
    Verification verdict = verification.apply(rawToken);
    if (!(verdict instanceof Verification.Accepted accepted) || !accepted.isPersonal()) {
      return verdict;
    }
    return switch (service.presence(accepted.owner())) {
      case PRESENT -> narrowed(accepted);
      case GONE ->
          new Verification.Refused(Verification.Reason.OWNER_GONE, Optional.of(accepted.tokenId()));
      case UNKNOWN -> throw new VerificationUnavailableException(NO_USER);
    };
  }

  private Verification narrowed(Verification.Accepted accepted) {
    try {
      List<String> scopes = service.effective(accepted);
      return scopes.equals(accepted.scopes()) ? accepted : accepted.withScopes(scopes);
    } catch (DirectoryUnavailableException e) {
      throw new VerificationUnavailableException(NO_USER, e);
    }
  }
}
