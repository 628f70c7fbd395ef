package io.accesstokens.mint;

import io.accesstokens.session.WebOrigin;
import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A pending request for a personal token, with its current stage. All secrets are stored as digests
 * only.
 *
 * @param id the id of the flow, which is unique and not secret
 * @param user the user who will own the token
 * @param sessionId the id of the session that can continue the flow; null if the flow was started
 *     without a session and is undecided. The user can then decide the flow in any session
 * @param request the name, scopes and expiry of the token
 * @param origin the origin of the web page that started the flow, as the request reported it; null
 *     if the request reported none. Browsers report the true origin. Other clients can report any
 *     origin
 * @param state the digest of the {@code state} (RFC 6749, section 10.12)
 * @param codeChallenge the code challenge by the method S256 (RFC 7636), 43 characters
 * @param stage the current stage
 * @param code the digest of the code that moves the flow to the next stage; null in stages without
 *     a code
 * @param createdAt the instant at which the flow started
 * @param expiresAt the instant from which the flow is expired; each stage can set a new instant
 */
public record MintFlow(
    UUID id,
    EntityRef user,
    @Nullable UUID sessionId,
    PersonalCreationPolicy.ValidatedRequest request,
    @Nullable WebOrigin origin,
    TokenDigest state,
    String codeChallenge,
    Stage stage,
    @Nullable TokenDigest code,
    Instant createdAt,
    Instant expiresAt) {

  /** The stage of a flow. A flow never goes back to an earlier stage. */
  public enum Stage {
    /** The user has not decided yet. */
    PENDING,
    /** The user has allowed the flow. An authorization code was created. */
    ALLOWED,
    /** The user has denied the flow. */
    DENIED,
    /**
     * The authorization code was used and is now invalid. The flow has a second code. The client
     * exchanges the second code for the token.
     */
    REDEEMED
  }

  /** Returns true if the flow belongs to this user and to the user's current session. */
  boolean isOf(Actor.Person person) {
    return user.equals(person.ref()) && sessionId != null && sessionId.equals(person.sessionId());
  }

  /**
   * Returns true if the caller may allow or deny this flow. Checks the user and the session of the
   * caller, but not the stage of the flow.
   */
  boolean canBeDecidedBy(SessionCaller caller) {
    return isOf(caller.person()) || (sessionId == null && user.equals(caller.person().ref()));
  }

  /**
   * Returns a copy of this flow that belongs to the caller's session. The copy has a new state and
   * a new code challenge, which are derived from the caller's current session key.
   */
  MintFlow withSession(SessionCaller caller) {
    return new MintFlow(
        id,
        user,
        caller.sessionId(),
        request,
        origin,
        caller.stateOf(id).digest(),
        caller.verifierOf(id).challenge(),
        stage,
        code,
        createdAt,
        expiresAt);
  }

  /**
   * Returns a copy of this flow at another stage.
   *
   * @param nextCode the digest of the code of that stage; null if that stage has no code
   * @param nextExpiresAt the instant from which the flow is expired
   */
  MintFlow withStage(Stage next, @Nullable TokenDigest nextCode, Instant nextExpiresAt) {
    return new MintFlow(
        id,
        user,
        sessionId,
        request,
        origin,
        state,
        codeChallenge,
        next,
        nextCode,
        createdAt,
        nextExpiresAt);
  }
}
