package io.accesstokens.login.openid;

import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.login.session.BrowserSessions;
import io.accesstokens.login.session.PasswordSignIn;
import io.accesstokens.session.Session;
import io.accesstokens.session.SessionKey;
import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Starts a session for a user whom an OpenID provider has authenticated. */
final class OpenIdSignIn {

  private final BrowserSessions sessions;
  private final OpenIdRegistration registration;

  OpenIdSignIn(BrowserSessions sessions, OpenIdRegistration registration) {
    this.sessions = sessions;
    this.registration = registration;
  }

  /**
   * Starts a session, or renews the current session of the browser.
   *
   * @param identity the identity that the provider reports
   * @param again true to renew the current session of the browser, if there is one
   * @throws OpenIdRefusedException if the identity names no user who may sign in, or if the current
   *     session belongs to another user or has ended
   */
  BrowserSessions.ValidSession startSession(
      OpenIdProvider.Identity identity, boolean again, RequestInfo requestInfo) {
    Map<String, Object> claims = identity.claims();
    if (!registration.isVerified(claims)) {
      throw new OpenIdRefusedException(
          "the settings use the claim email, and email_verified is not true");
    }
    Optional<EntityRef> user = registration.userOf(claims);
    Optional<String> name = registration.nameOf(claims);
    if (user.isEmpty() || name.isEmpty()) {
      throw new OpenIdRefusedException(
          "the claim "
              + registration.userClaim()
              + " is missing in the ID token and the UserInfo, or"
              + " accessTokens.login.oidc.userEntityRef cannot form a user ref from it");
    }
    Function<SessionKey, Session.SignIn> signIn =
        key -> signIn(user.get(), name.get(), identity, key);
    Optional<BrowserSessions.ValidSession> current =
        again ? sessions.find(requestInfo) : Optional.empty();
    if (current.isPresent()) {
      // Other tabs of the browser continue to work in the session. Therefore the user must stay the
      // same.
      if (!current.get().person().ref().equals(user.get())) {
        throw new OpenIdRefusedException(
            "the user of the fresh sign-in is not the user of the session");
      }
      return sessions
          .renew(current.get(), requestInfo, identity.authenticatedAt(), signIn)
          .orElseThrow(
              () -> new OpenIdRefusedException("the session ended during the fresh sign-in"));
    }
    return sessions
        .start(requestInfo, identity.authenticatedAt(), signIn)
        .orElseThrow(
            () ->
                new OpenIdRefusedException("the user may no longer sign in through this provider"));
  }

  private Session.SignIn signIn(
      EntityRef user, String name, OpenIdProvider.Identity identity, SessionKey key) {
    Object displayName = identity.claims().get("name");
    return new Session.SignIn(
        user,
        PasswordSignIn.displayName(displayName instanceof String text ? text : null, name),
        Session.LoginMethod.OIDC,
        PasswordSignIn.shortened(name),
        registration.accountStatus(),
        Set.of(),
        registration.groupsOf(identity.claims()),
        false,
        key.seal(identity.idToken()));
  }
}
