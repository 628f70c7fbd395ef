package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A personal token as it is stored and shown. It acts as the user who created it.
 *
 * @param id the id, which never changes
 * @param name {@code ^[A-Za-z0-9 _.:/-]{1,100}$}, unique among the user's unrevoked tokens
 * @param tokenPrefix the first twelve characters of the raw token
 * @param owner the user
 * @param scopes the scopes to which the user's permissions are limited, in the order given; a token
 *     without scopes can only read
 * @param createdAt the instant of creation; like all instants here, with a precision of
 *     milliseconds
 * @param expiresAt the first instant at which it is no longer valid
 * @param lastUsedAt the last accepted use as a credential, or null
 * @param revokedAt the instant of revocation, or null
 * @param revokedBy the name of the actor who revoked it, or null
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
   * A week. With a month, as for service tokens, a token with the default lifetime would have the
   * status "expiring" from its creation on.
   */
  public static final Duration EXPIRING_WINDOW = Duration.ofDays(7);

  /**
   * @throws IllegalArgumentException if the owner is not a user
   */
  public PersonalToken {
    scopes = List.copyOf(scopes);
    if (!owner.kind().equals(EntityRef.USER)) {
      throw new IllegalArgumentException("a personal token must belong to a user");
    }
  }

  /** Returns the canonical ref of the user, as whom the token acts. */
  @Override
  public String subject() {
    return owner.toString();
  }

  @Override
  public Duration expiringWindow() {
    return EXPIRING_WINDOW;
  }
}
