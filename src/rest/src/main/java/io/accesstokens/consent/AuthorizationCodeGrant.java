package io.accesstokens.consent;

import io.accesstokens.mint.MintFlowNotFoundException;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.mint.OneTimeCode;
import io.accesstokens.oauth.GrantRequest;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.oauth.TokenGrant;
import io.accesstokens.token.Actor;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.policy.FreshSignInRequiredException;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.LimitReachedException;
import io.accesstokens.token.service.CreatedPersonalToken;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Exchanges an authorization code with PKCE for the new personal token (RFC 6749, section 4.1.3;
 * RFC 7636, section 4.5).
 *
 * <p>Only the built-in client can use this grant. Normally, the server itself redeems the code in
 * the callback. A request to the token endpoint must contain the cookie of the session in which the
 * user has allowed the token.
 */
public final class AuthorizationCodeGrant implements TokenGrant {

  private final MintFlows flows;
  private final MintClient client;
  private final InstantSource clock;

  /**
   * Creates the grant.
   *
   * @param issuer the issuer. The base URL of the issuer determines the redirect URI of the
   *     built-in client
   */
  public AuthorizationCodeGrant(MintFlows flows, Issuer issuer, InstantSource clock) {
    this.flows = flows;
    this.client = MintClient.builtIn(issuer);
    this.clock = clock;
  }

  @Override
  public String type() {
    return "authorization_code";
  }

  @Override
  public Outcome grant(GrantRequest request) {
    String code = request.required("code");
    String redirectUri = request.required("redirect_uri");
    String verifier = request.required("code_verifier");
    if (!request.required("client_id").equals(client.id())) {
      return new Refused(Reason.INVALID_CLIENT, "there is no client with that client_id");
    }
    if (!redirectUri.equals(client.redirectUri().toString())) {
      return refused();
    }
    try {
      return OneTimeCode.parse(code)
          .flatMap(
              parsed ->
                  OneTimeCode.parse(verifier)
                      .flatMap(
                          proof ->
                              sessionUser(request).map(user -> createToken(user, parsed, proof))))
          .orElseGet(AuthorizationCodeGrant::refused);
    } catch (MintFlowNotFoundException e) {
      return refused();
    } catch (NameTakenException | LimitReachedException e) {
      return new Refused(
          Reason.INVALID_GRANT,
          "the token cannot be created: the user has an unrevoked token with that"
              + " name, or the maximum number of tokens");
    } catch (FreshSignInRequiredException e) {
      return new Refused(Reason.INVALID_GRANT, String.valueOf(e.getMessage()));
    } catch (InvalidRequestException e) {
      return new Refused(
          Reason.INVALID_GRANT,
          "the token cannot be created: the requested expiry has passed, or a requested scope is no"
              + " longer available");
    }
  }

  private static Optional<Actor.Person> sessionUser(GrantRequest request) {
    return request
        .caller()
        .filter(Actor.Person.class::isInstance)
        .map(Actor.Person.class::cast)
        .filter(person -> person.sessionId() != null);
  }

  private Outcome createToken(Actor.Person user, OneTimeCode code, OneTimeCode verifier) {
    CreatedPersonalToken created = flows.redeemForToken(user, code, verifier);
    long seconds = Duration.between(clock.instant(), created.token().expiresAt()).toSeconds();
    return new Issued(
        created.rawToken().reveal(),
        Math.max(0, seconds),
        created.token().scopes(),
        Issued.ACCESS_TOKEN);
  }

  /**
   * Returns the {@code invalid_grant} error for an invalid code. The error is the same for every
   * reason, so that a client cannot learn which part of the request was wrong.
   */
  private static Refused refused() {
    return new Refused(
        Reason.INVALID_GRANT,
        "the code is unknown, used or expired, or belongs to another session,"
            + " redirect_uri or code_verifier");
  }
}
