package io.accesstokens.mint;

import io.accesstokens.session.SessionKey;
import io.accesstokens.token.Actor;
import java.util.Objects;
import java.util.UUID;

/**
 * A user in a browser session, with the session key from the browser's cookie.
 *
 * @param person the user, with the id of their session
 * @param key the key of the session
 */
public record SessionCaller(Actor.Person person, SessionKey key) {

  /**
   * Creates a caller in a session.
   *
   * @throws SessionRequiredException if the user is not in a session
   */
  public SessionCaller {
    if (person.sessionId() == null) {
      throw new SessionRequiredException();
    }
  }

  UUID sessionId() {
    return Objects.requireNonNull(person.sessionId());
  }

  /**
   * Returns the {@code state} (RFC 6749, section 10.12) of a flow in this session. The method
   * derives the state from the session key and the id of the flow.
   */
  OneTimeCode stateOf(UUID flow) {
    return OneTimeCode.derived(key, "mint state " + flow);
  }

  /**
   * Returns the code verifier (RFC 7636) of a flow in this session. The method derives the verifier
   * from the session key and the id of the flow.
   */
  OneTimeCode verifierOf(UUID flow) {
    return OneTimeCode.derived(key, "mint verifier " + flow);
  }
}
