package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A personal token as it is stored and shown: it acts as the user who made it.
 *
 * @param id identifies it for ever
 * @param name {@code ^[A-Za-z0-9 _.:/-]{1,100}$}, unique among the user's unrevoked tokens
 * @param tokenPrefix the first twelve characters of the raw token
 * @param owner the user
 * @param scopes to what its user's rights are cut, in the order given; none: it only reads
 * @param createdAt with a precision of milliseconds, like every instant here
 * @param expiresAt the first instant at which it is no longer good
 * @param lastUsedAt the last accepted use as a credential, or null
 * @param revokedAt when it was revoked, or null
 * @param revokedBy who revoked it, or null
 */
public record PersonalToken(
    UUID id,
    String name,
    String tokenPrefix,
    EntityRef owner,
    List<String> scopes,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy)
    implements AccessToken {

  /**
   * A week: with a month, as service tokens have, one of the default lifetime would be expiring
   * from its first moment on.
   */
  public static final Duration EXPIRING_WINDOW = Duration.ofDays(7);

  /**
   * @throws IllegalArgumentException if the owner is no user
   */
  public PersonalToken {
    scopes = List.copyOf(scopes);
    if (!owner.kind().equals(EntityRef.USER)) {
      throw new IllegalArgumentException("a personal token is a user's");
    }
  }

  /** The canonical ref of its user, for whom it stands. */
  @Override
  public String subject() {
    return owner.toString();
  }

  @Override
  public Duration expiringWindow() {
    return EXPIRING_WINDOW;
  }
}
