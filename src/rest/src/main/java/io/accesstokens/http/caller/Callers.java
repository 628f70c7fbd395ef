package io.accesstokens.http.caller;

import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.token.Actor;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** Converts the principal of a request to an {@link Actor}. */
public final class Callers {

  /** The request property that holds the {@code SessionKey} of the caller's session. */
  public static final String SESSION_KEY = "io.accesstokens.sessionKey";

  private Callers() {}

  /**
   * Converts a principal to an actor. If the caller used a personal token, a filter has already
   * replaced the token with an actor.
   *
   * @throws IllegalStateException if the principal is neither an actor nor that of a service token
   */
  public static Actor actor(@Nullable Principal principal) {
    if (principal instanceof Actor actor) {
      return actor;
    }
    if (principal instanceof TokenPrincipal token && !token.verified().isPersonal()) {
      return new Actor.Token(token.verified(), token.clientAddress());
    }
    throw new IllegalStateException(
        "the principal of the request is neither an Actor nor the principal of a service token");
  }

  /** Converts the principal of a security context to an actor. */
  public static Actor actor(SecurityContext security) {
    return actor(security.getUserPrincipal());
  }
}
