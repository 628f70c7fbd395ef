package io.accesstokens.http;

import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.token.Actor;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** Who calls, in the terms of the domain. */
public final class Callers {

  /** The request property that holds the {@code SessionKey} of the caller's session. */
  public static final String SESSION_KEY = "io.accesstokens.sessionKey";

  private Callers() {}

  /**
   * The actor that a principal stands for. A personal token's principal is an actor already, made
   * by {@link DelegateFilter}.
   *
   * @throws IllegalStateException if it is of a kind that no filter of ours sets, or null
   */
  public static Actor actor(@Nullable Principal principal) {
    if (principal instanceof Actor actor) {
      return actor;
    }
    if (principal instanceof TokenPrincipal token && !token.verified().isPersonal()) {
      return new Actor.Token(token.verified(), token.clientAddress());
    }
    throw new IllegalStateException("the request's principal is neither a person nor a token");
  }

  static Actor actor(SecurityContext security) {
    return actor(security.getUserPrincipal());
  }
}
