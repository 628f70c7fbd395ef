package io.accesstokens.exchange;

import com.nimbusds.oauth2.sdk.GrantType;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.oauth.GrantRequest;
import io.accesstokens.oauth.TokenGrant;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.token.Actor;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.token.policy.TooManyChangesException;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Handles {@code grant_type=refresh_token} with a personal token (RFC 6749, section 6). The grant
 * creates a short-lived JWT. Each scope of the JWT is also a scope of the personal token.
 */
public final class RefreshTokenGrant implements TokenGrant {

  private static final Outcome INVALID_PERSONAL_TOKEN =
      new TokenGrant.Refused(
          TokenGrant.Reason.INVALID_GRANT, "refresh_token must be a valid personal token");

  private static final Outcome UNGRANTED_SCOPE =
      new TokenGrant.Refused(
          TokenGrant.Reason.INVALID_SCOPE,
          "scope must contain only scopes that the personal token has now");

  private static final Outcome NO_AUDIENCE =
      new TokenGrant.Refused(
          TokenGrant.Reason.INVALID_SCOPE,
          "the personal token lacks the scopes that every audience requires");

  private static final Outcome TOO_LONG =
      new TokenGrant.Refused(
          TokenGrant.Reason.INVALID_SCOPE,
          "the JWT would have more than "
              + UnverifiedJwt.MAX_LENGTH
              + " characters, because of its scopes and the groups of the user");

  private final PersonalTokenService personal;
  private final RawTokenFormat format;
  private final TokenVerifier verifier;
  private final AccessTokenSigner signer;
  private final List<Audience> audiences;
  private final VerificationHandler handler;
  private final ChangeLimit<EntityRef> limit;
  private final Clock clock;

  /**
   * Creates the grant that exchanges personal tokens for JWTs.
   *
   * @param verifier the verifier for personal tokens; it must read the store for each verification
   * @param audiences the services that can accept the new tokens. The {@code aud} of a new token
   *     contains each service for which the token has the required scopes. If the {@code aud} would
   *     be empty, no token is created
   * @param handler the handler that receives the verdict on each personal token
   * @param limit the limit on the number of exchanges of one user
   */
  public RefreshTokenGrant(
      PersonalTokenService personal,
      RawTokenFormat format,
      TokenVerifier verifier,
      AccessTokenSigner signer,
      List<Audience> audiences,
      VerificationHandler handler,
      ChangeLimit<EntityRef> limit,
      Clock clock) {
    this.personal = personal;
    this.format = format;
    this.verifier = verifier;
    this.signer = signer;
    this.audiences = List.copyOf(audiences);
    this.handler = handler;
    this.limit = limit;
    this.clock = clock;
  }

  @Override
  public String type() {
    return GrantType.REFRESH_TOKEN.getValue();
  }

  @Override
  public Outcome grant(GrantRequest request) {
    Optional<RawToken> sent =
        format
            .parse(request.required("refresh_token"))
            .filter(token -> token.kind() == RawToken.Kind.PERSONAL);
    Optional<String> requestedScope = request.optional("scope");
    if (sent.isEmpty()) {
      handler.reportRefused(AccessTokenAuthenticationFilter.MALFORMED, request.client());
      return INVALID_PERSONAL_TOKEN;
    }
    Verification verdict = verify(sent.get(), request.client());
    if (verdict instanceof Verification.Refused refused) {
      handler.reportRefused(refused, request.client());
      return INVALID_PERSONAL_TOKEN;
    }
    Verification.Accepted accepted = (Verification.Accepted) verdict;
    limit
        .exceededBy(accepted.owner())
        .ifPresent(
            wait -> {
              throw new TooManyChangesException(wait);
            });
    handler.reportAccepted(accepted, request.client());
    List<String> scopes = requestedScope.map(RefreshTokenGrant::scopes).orElse(accepted.scopes());
    return Set.copyOf(accepted.scopes()).containsAll(scopes)
        ? createToken(accepted, scopes, request.client().address())
        : UNGRANTED_SCOPE;
  }

  private Verification verify(RawToken token, ClientInfo client) {
    try {
      return verifier.verify(token);
    } catch (VerificationUnavailableException e) {
      handler.reportUnavailable(client);
      throw e;
    }
  }

  private Outcome createToken(
      Verification.Accepted accepted, List<String> scopes, @Nullable String clientAddress) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant latest = now.plus(SigningKeys.MAX_SIGNED_LENGTH);
    Instant end = accepted.expiresAt().truncatedTo(ChronoUnit.SECONDS);
    Instant expiresAt = end.isBefore(latest) ? end : latest;
    if (!expiresAt.isAfter(now)) {
      return INVALID_PERSONAL_TOKEN; // The remaining lifetime is below one second.
    }
    List<String> audience =
        audiences.stream()
            .filter(candidate -> candidate.accepts(scopes))
            .map(Audience::identifier)
            .toList();
    if (audience.isEmpty()) {
      return NO_AUDIENCE;
    }
    Actor.Delegate delegate = personal.delegate(accepted, clientAddress);
    AccessTokenJwt token =
        new AccessTokenJwt(
            UUID.randomUUID().toString(),
            accepted.tokenId(),
            accepted.owner(),
            audience,
            scopes,
            now,
            expiresAt);
    String signed = signer.sign(token, ownership(delegate.user()));
    if (signed.length() > UnverifiedJwt.MAX_LENGTH) {
      return TOO_LONG; // Introspection would report it as not active.
    }
    if (!personal.recordExchange(
        delegate,
        Map.of(
            AuditEvent.JWT_ID, token.id(), AuditEvent.SCOPE, String.join(" ", token.scopes())))) {
      return INVALID_PERSONAL_TOKEN; // The personal token was revoked after its verification.
    }
    return new Issued(
        signed, ChronoUnit.SECONDS.between(now, expiresAt), token.scopes(), Issued.JWT);
  }

  /**
   * Splits a text into scopes, which are separated by one space each (RFC 6749, section 3.3). The
   * result contains each scope once, in the order of the text. This method does not check the
   * format of a scope. The caller rejects every scope that the personal token does not have,
   * including an empty text between two spaces.
   */
  private static List<String> scopes(String text) {
    return List.copyOf(new LinkedHashSet<>(List.of(text.split(" ", -1))));
  }

  private static List<String> ownership(Actor.Person user) {
    List<String> refs = new ArrayList<>();
    refs.add(user.ref().toString());
    user.groups().stream()
        .map(EntityRef::toString)
        .sorted(Comparator.naturalOrder())
        .forEach(refs::add);
    return List.copyOf(refs);
  }
}
