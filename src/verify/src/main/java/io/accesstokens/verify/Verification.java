package io.accesstokens.verify;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a check says of a raw token. */
public sealed interface Verification {

  /**
   * The token is good now.
   *
   * @param tokenId identifies the token for ever; a name may be given again after a revocation
   * @param subject {@code service-token:<groupEntityRef>:<name>}, or of a personal token its user's
   *     ref, {@code user:default/alice}
   * @param owner the group that owns a service token, or the user whose personal token it is
   * @param scopes what the bearer may do, in the order they were given
   * @param createdAt when it was issued; null if whoever checked it does not know
   * @param expiresAt the first instant at which it is no longer good
   */
  record Accepted(
      UUID tokenId,
      String subject,
      EntityRef owner,
      List<String> scopes,
      @Nullable Instant createdAt,
      Instant expiresAt)
      implements Verification {
    public Accepted {
      scopes = List.copyOf(scopes);
    }

    /** A token of which it is not known when it was issued. */
    public Accepted(
        UUID tokenId, String subject, EntityRef owner, List<String> scopes, Instant expiresAt) {
      this(tokenId, subject, owner, scopes, null, expiresAt);
    }

    /** Whether it is a personal token, which stands for the user who made it. */
    public boolean isPersonal() {
      return owner.kind().equals(EntityRef.USER);
    }

    /**
     * The group that owns a service token.
     *
     * @throws IllegalStateException for a personal token, which has a user: ask {@link #owner()}
     */
    public EntityRef group() {
      if (isPersonal()) {
        throw new IllegalStateException("a personal token is owned by a user, not by a group");
      }
      return owner;
    }

    /** The same with these scopes. */
    public Accepted withScopes(List<String> others) {
      return new Accepted(tokenId, subject, owner, others, createdAt, expiresAt);
    }
  }

  /**
   * The token is not good. The bearer is never told why; the operator's log is.
   *
   * @param tokenId the token's id where one is known
   */
  record Refused(Reason reason, Optional<UUID> tokenId) implements Verification {}

  /** Why a token was refused. */
  enum Reason {
    /** Not of the form of a raw token, or its checksum is wrong. */
    MALFORMED,
    /** Well formed, but not one of ours. */
    UNKNOWN,
    /** Its life is over. */
    EXPIRED,
    /** It was revoked. */
    REVOKED,
    /** It is a personal token, and its user is gone. */
    OWNER_GONE
  }
}
