package io.accesstokens.token.service;

import io.accesstokens.token.Actor;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.EntityRef;

/** Ends the browser sessions of users on behalf of administrators. */
@FunctionalInterface
public interface UserSessions {

  /** Does nothing, for a service without browser sessions. */
  UserSessions NONE = (user, actor) -> {};

  /**
   * Ends all sessions of a user, except the session of the actor. After this method, the ended
   * sessions are invalid on every replica.
   *
   * @throws StoreUnavailableException if the store cannot be reached, or if the outcome is unknown.
   *     The caller can repeat the call.
   */
  void endAllOf(EntityRef user, Actor actor);
}
