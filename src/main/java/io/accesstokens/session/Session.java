package io.accesstokens.session;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person's session as a store keeps it, without its key.
 *
 * @param id no secret, and never another's
 * @param signIn who signed in, and how
 * @param createdAt when that was
 * @param lastSeenAt the last request that is known of, give or take a minute
 * @param expiresAt when it ends, whatever happens
 */
public record Session(
    UUID id, SignIn signIn, Instant createdAt, Instant lastSeenAt, Instant expiresAt) {

  /** How a person proved who they are. */
  public enum Way {
    /** By a name and a password. */
    PASSWORD,
    /** At an OpenID provider. */
    OIDC
  }

  /**
   * What is known from the sign-in alone.
   *
   * @param user the person
   * @param displayName how to address them; at most 255 code points
   * @param way how they proved it
   * @param username the name by which that way knows them; at most 255 code points
   * @param standing what that way said of them, as a text of at most 100 characters: when it says
   *     something else, the session is not good any more
   * @param roles those of a servlet container's roles that somebody asked for
   * @param groups those that the sign-in told of, beside what a directory knows
   * @param loopbackOnly whether only requests that never leave this machine count
   * @param sealedIdToken the provider's ID token, {@linkplain SessionKey#seal sealed}; null if
   *     there is none
   */
  public record SignIn(
      EntityRef user,
      String displayName,
      Way way,
      String username,
      String standing,
      Set<String> roles,
      Set<EntityRef> groups,
      boolean loopbackOnly,
      @Nullable String sealedIdToken) {

    public SignIn {
      roles = Set.copyOf(roles);
      groups = Set.copyOf(groups);
    }
  }
}
