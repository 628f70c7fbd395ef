package io.accesstokens.mint;

import io.accesstokens.session.SessionKey;
import io.accesstokens.token.Actor;
import java.util.UUID;

/**
 * Somebody in a session, with what their browser showed for it.
 *
 * @param person who has the session's id
 * @param key the session's
 */
public record InSession(Actor.Person person, SessionKey key) {

  /**
   * @throws SessionRequiredException if the person is in none
   */
  public InSession {
    if (person.sessionId() == null) {
      throw new SessionRequiredException();
    }
  }

  UUID sessionId() {
    UUID id = person.sessionId();
    if (id == null) {
      throw new SessionRequiredException();
    }
    return id;
  }

  /** The {@code state} of one of their flows. */
  OneTimeCode stateOf(UUID flow) {
    return OneTimeCode.derived(key, "mint state " + flow);
  }

  /** The code verifier of one of their flows. */
  OneTimeCode verifierOf(UUID flow) {
    return OneTimeCode.derived(key, "mint verifier " + flow);
  }
}
