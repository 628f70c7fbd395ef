package io.accesstokens.mint;

import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.MintPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A pending request for a personal token: the requested terms and the current stage. It holds
 * secrets only as digests.
 *
 * @param id unique; not secret
 * @param user the user who will own the token
 * @param sessionId the session that started the flow; only this session can continue it
 * @param terms the name, scopes and expiry of the token
 * @param state the digest of the {@code state} (RFC 6749, section 10.12)
 * @param codeChallenge by S256 (RFC 7636): 43 characters
 * @param stage the current stage
 * @param code the digest of the code that moves the flow to the next stage; null in stages without
 *     a code
 * @param createdAt when the flow started
 * @param expiresAt the instant from which the flow is expired; each stage can set another one
 */
public record MintFlow(
    UUID id,
    EntityRef user,
    UUID sessionId,
    MintPolicy.Terms terms,
    TokenDigest state,
    String codeChallenge,
    Stage stage,
    @Nullable TokenDigest code,
    Instant createdAt,
    Instant expiresAt) {

  /** The stage of a flow. A flow never goes back to an earlier stage. */
  public enum Stage {
    /** The user has not decided. */
    PENDING,
    /** The user has allowed it; there is an authorization code. */
    ALLOWED,
    /** The user has denied it. */
    DENIED,
    /** The authorization code is used up; there is a code to pick up the token. */
    REDEEMED
  }

  /** Returns true if the flow belongs to this user and to their current session. */
  boolean isOf(Actor.Person person) {
    return user.equals(person.ref()) && sessionId.equals(person.sessionId());
  }

  /** Returns this flow with the state and the challenge that the caller's current key gives. */
  MintFlow boundTo(InSession caller) {
    return new MintFlow(
        id,
        user,
        sessionId,
        terms,
        caller.stateOf(id).digest(),
        caller.verifierOf(id).challenge(),
        stage,
        code,
        createdAt,
        expiresAt);
  }

  /** Returns this flow at another stage. */
  MintFlow at(Stage next, @Nullable TokenDigest nextCode, Instant nextExpiresAt) {
    return new MintFlow(
        id, user, sessionId, terms, state, codeChallenge, next, nextCode, createdAt, nextExpiresAt);
  }
}
