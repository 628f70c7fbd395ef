package io.accesstokens.http.caller;

import io.accesstokens.auth.CallerContext;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.token.Actor;
import io.accesstokens.token.service.PersonalTokenService;
import io.accesstokens.token.service.ServiceTokenService;
import jakarta.ws.rs.core.SecurityContext;

/** Converts the principal of a request with a personal token to the user of the token. */
public final class TokenActors {

  private TokenActors() {}

  /**
   * Replaces a personal token with its user. The principal of the result is an {@link
   * Actor.Delegate}. The roles are the current permissions of the user, restricted by the scopes of
   * the token. Returns any other security context unchanged.
   *
   * @throws io.accesstokens.token.directory.DirectoryUnavailableException if the groups of the user
   *     cannot be determined now
   */
  public static SecurityContext delegated(
      ServiceTokenService tokenService, SecurityContext security) {
    if (!(security.getUserPrincipal() instanceof TokenPrincipal token)
        || !token.verified().isPersonal()) {
      return security;
    }
    Actor.Delegate delegate = delegate(tokenService, token);
    return CallerContext.byBearer(
        delegate, tokenService.permissionsOf(delegate), security.isSecure());
  }

  private static Actor.Delegate delegate(ServiceTokenService tokenService, TokenPrincipal token) {
    PersonalTokenService personal =
        tokenService
            .personal()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "a personal token was accepted, but personal tokens are disabled"));
    return personal.delegate(token.verified(), token.clientAddress());
  }
}
