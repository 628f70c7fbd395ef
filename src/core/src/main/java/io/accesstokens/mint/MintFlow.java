package io.accesstokens.mint;

import io.accesstokens.token.Actor;
import io.accesstokens.token.MintPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A personal token on its way: what its user asked for, and how far it has come. Its secrets are
 * here as digests only.
 *
 * @param id no secret, and never another's
 * @param user whose token it will be
 * @param sessionId the session in which it was begun, and in which alone it goes on
 * @param terms what the token will be like
 * @param state the digest of the {@code state} (RFC 6749, section 10.12)
 * @param codeChallenge by S256 (RFC 7636): 43 characters
 * @param stage how far it is
 * @param code the digest of what takes it to the next stage; null where nothing but a decision does
 * @param createdAt when it was begun
 * @param expiresAt from then on it is over; each stage can bring another one
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

  /** How far a flow is. It never goes back. */
  public enum Stage {
    /** Its user has not decided. */
    PENDING,
    /** Its user allows it; there is an authorisation code. */
    ALLOWED,
    /** Its user has denied it. */
    DENIED,
    /** The authorisation code is used up; there is a code to pick the token up with. */
    REDEEMED
  }

  /** Whether it is somebody's, and of the very session in which they are. */
  boolean isOf(Actor.Person person) {
    return user.equals(person.ref()) && sessionId.equals(person.sessionId());
  }

  /** Returns the same flow with the state and the challenge that follow from a key. */
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

  /** The same flow at another stage. */
  MintFlow at(Stage next, @Nullable TokenDigest nextCode, Instant nextExpiresAt) {
    return new MintFlow(
        id, user, sessionId, terms, state, codeChallenge, next, nextCode, createdAt, nextExpiresAt);
  }
}
