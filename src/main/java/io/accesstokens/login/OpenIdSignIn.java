package io.accesstokens.login;

import io.accesstokens.session.Session;
import io.accesstokens.session.SessionKey;
import io.accesstokens.verify.EntityRef;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Signs somebody in to a session by what an OpenID provider says of them. */
final class OpenIdSignIn {

  private final BrowserSessions sessions;

  OpenIdSignIn(BrowserSessions sessions) {
    this.sessions = sessions;
  }

  /**
   * Begins a session.
   *
   * @param identity what the provider says
   * @throws OpenIdRefused if that names nobody here
   */
  BrowserSessions.Found begin(
      OpenIdRegistration registration, OpenIdProvider.Identity identity, Client client) {
    Map<String, Object> claims = identity.claims();
    Optional<EntityRef> user = registration.userOf(claims);
    Optional<String> name = registration.nameOf(claims);
    if (user.isEmpty() || name.isEmpty()) {
      throw new OpenIdRefused(
          "the claim "
              + registration.userClaim()
              + " is not in the ID token, or names nobody by"
              + " accessTokens.login.oidc.userEntityRef");
    }
    return sessions
        .begin(client, key -> signIn(registration, user.get(), name.get(), identity, key))
        .orElseThrow(() -> new OpenIdRefused("people do not sign in by this provider any more"));
  }

  private static Session.SignIn signIn(
      OpenIdRegistration registration,
      EntityRef user,
      String name,
      OpenIdProvider.Identity identity,
      SessionKey key) {
    Object displayName = identity.claims().get("name");
    return new Session.SignIn(
        user,
        PasswordSignIn.displayName(displayName instanceof String text ? text : null, name),
        Session.Way.OIDC,
        PasswordSignIn.shortened(name),
        registration.standing(),
        Set.of(),
        registration.groupsOf(identity.claims()),
        false,
        key.seal(identity.idToken()));
  }
}
