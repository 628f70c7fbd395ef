package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A service token as it is stored and shown. It never holds a secret: neither the raw token nor its
 * digest.
 *
 * @param id the id, which never changes
 * @param name {@code ^[a-z0-9-]{1,100}$}, unique among the group's unrevoked tokens
 * @param description 1 to 500 code points
 * @param tokenPrefix the first twelve characters of the raw token
 * @param group the owning group
 * @param scopes ids from the catalogue, in the order given
 * @param createdBy the canonical ref of the user, or the subject of the token, that created it
 * @param createdAt the instant of creation; like all instants here, with a precision of
 *     milliseconds
 * @param expiresAt the first instant at which it is no longer valid
 * @param lastUsedAt the last accepted use as a credential, or null
 * @param revokedAt the instant of revocation, or null
 * @param revokedBy the name of the actor who revoked it, or null
 */
public record ServiceToken(
    UUID id,
    String name,
    String description,
    String tokenPrefix,
    EntityRef group,
    List<String> scopes,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy)
    implements AccessToken {

  /** A month, which leaves the owners enough time to replace the token. */
  public static final Duration EXPIRING_WINDOW = Duration.ofDays(30);

  public ServiceToken {
    scopes = List.copyOf(scopes);
  }

  @Override
  public EntityRef owner() {
    return group;
  }

  /** Returns the name of the token as a caller: {@code service-token:<groupEntityRef>:<name>}. */
  @Override
  public String subject() {
    return "service-token:" + group + ":" + name;
  }

  @Override
  public Duration expiringWindow() {
    return EXPIRING_WINDOW;
  }
}
