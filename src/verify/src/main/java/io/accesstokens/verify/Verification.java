package io.accesstokens.verify;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verdict on a raw token. */
public sealed interface Verification {

  /**
   * Returns the verdict for a client at an address. An {@link AddressLimited} verdict becomes
   * accepted or refused. Any other verdict stays the same.
   *
   * @param clientAddress the client's network address; null if it is not known
   */
  default Verification from(@Nullable String clientAddress) {
    return this;
  }

  /**
   * The verdict that a token is valid now.
   *
   * @param tokenId the id of the token, which is never used for another token
   * @param subject {@code service-token:<groupEntityRef>:<name>} for a service token; the entity
   *     ref of its user for a personal token, such as {@code user:default/alice}
   * @param owner the group that owns a service token, or the user who owns a personal token
   * @param scopes the permissions of the bearer, in the order in which they were granted
   * @param createdAt when the token was created; null if the verifier does not know it
   * @param expiresAt the first instant at which the presented secret is no longer valid. For the
   *     previous secret of a rotated token, this instant can be before the expiry of the token.
   * @param limits the limits on the uses of the token
   * @param secret the secret that the client presented
   */
  record Accepted(
      UUID tokenId,
      String subject,
      EntityRef owner,
      List<String> scopes,
      @Nullable Instant createdAt,
      Instant expiresAt,
      UseLimits limits,
      PresentedSecret secret)
      implements Verification {
    public Accepted {
      scopes = List.copyOf(scopes);
    }

    /**
     * Creates a verdict without the number of the presented secret. The secret then counts as the
     * current secret of the token.
     */
    public Accepted(
        UUID tokenId,
        String subject,
        EntityRef owner,
        List<String> scopes,
        @Nullable Instant createdAt,
        Instant expiresAt,
        UseLimits limits) {
      this(
          tokenId,
          subject,
          owner,
          scopes,
          createdAt,
          expiresAt,
          limits,
          PresentedSecret.unknown(tokenId));
    }

    /** Creates a verdict for a token that has no limits on its uses. */
    public Accepted(
        UUID tokenId,
        String subject,
        EntityRef owner,
        List<String> scopes,
        @Nullable Instant createdAt,
        Instant expiresAt) {
      this(tokenId, subject, owner, scopes, createdAt, expiresAt, UseLimits.NONE);
    }

    /**
     * Creates a verdict for a token that has no limits on its uses, and whose creation time is not
     * known.
     */
    public Accepted(
        UUID tokenId, String subject, EntityRef owner, List<String> scopes, Instant expiresAt) {
      this(tokenId, subject, owner, scopes, null, expiresAt);
    }

    /** Returns true if the token is personal. A personal token acts as the user who created it. */
    public boolean isPersonal() {
      return owner.kind().equals(EntityRef.USER);
    }

    /**
     * Returns the group that owns a service token.
     *
     * @throws IllegalStateException if the token is personal; use {@link #owner()} for the user
     */
    public EntityRef group() {
      if (isPersonal()) {
        throw new IllegalStateException("a personal token is owned by a user, not by a group");
      }
      return owner;
    }

    /** Returns a verdict that refuses the secret of this verdict. */
    Refused refused(Reason reason) {
      return new Refused(reason, Optional.of(tokenId), secret.id().number());
    }

    /** Returns a copy of this verdict with other scopes. */
    public Accepted withScopes(List<String> others) {
      return new Accepted(tokenId, subject, owner, others, createdAt, expiresAt, limits, secret);
    }
  }

  /**
   * The verdict that a token is valid now, but only for clients at some addresses. The caller must
   * call {@link #from}. A caller that does not know this verdict cannot accept the token by
   * mistake, because this verdict is not {@link Accepted}.
   *
   * @param accepted the verdict for clients at the allowed addresses
   */
  record AddressLimited(Accepted accepted) implements Verification {
    @Override
    public Verification from(@Nullable String clientAddress) {
      return accepted.limits().allow(clientAddress) ? accepted : accepted.refused(Reason.ADDRESS);
    }
  }

  /**
   * The verdict that a token is not valid. The reason is written to the operator's log and never
   * sent to the bearer.
   *
   * @param reason the reason why the token was refused
   * @param tokenId the id of the token; empty if it is not known
   * @param secretNumber the number of the presented secret, see {@link PresentedSecret.SecretId};
   *     {@link PresentedSecret.SecretId#UNKNOWN} if it is not known
   */
  record Refused(Reason reason, Optional<UUID> tokenId, int secretNumber) implements Verification {

    /** Creates a verdict on a secret whose number is not known. */
    public Refused(Reason reason, Optional<UUID> tokenId) {
      this(reason, tokenId, PresentedSecret.SecretId.UNKNOWN);
    }
  }

  /** The reason why a token was refused. */
  enum Reason {
    /** The text does not have the form of a raw token, or its checksum is wrong. */
    MALFORMED,
    /** The token is well formed, but the store does not have it. */
    UNKNOWN,
    /** The token has expired. */
    EXPIRED,
    /** The token was revoked. */
    REVOKED,
    /** The token is personal, and its user has left or is locked out. */
    OWNER_GONE,
    /** The token is limited to other client addresses, or the client's address is not known. */
    ADDRESS,
    /** The secret was replaced by a rotation, and its grace period has ended. */
    ENDED_SECRET
  }
}
