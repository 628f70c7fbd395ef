package io.accesstokens.session;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person's session as a store keeps it, without its key.
 *
 * @param id random; no secret, does not follow from the key, and is never another's
 * @param signIn who signed in, and how
 * @param device what they signed in with
 * @param createdAt when the session began
 * @param signedInAt when the person last proved who they are; at the earliest before the session
 *     began, if an OpenID provider remembered them
 * @param lastSeen the last request that is known of, give or take a minute
 * @param expiresAt when it ends, whatever happens
 */
public record Session(
    UUID id,
    SignIn signIn,
    Device device,
    Instant createdAt,
    Instant signedInAt,
    Sighting lastSeen,
    Instant expiresAt) {

  /**
   * The client of a sign-in.
   *
   * @param name browser and system, such as {@code Firefox on Linux}, at most 100 characters; null
   *     if the client is not recognized
   * @param address the network address, at most 100 characters; null if unknown
   */
  public record Device(@Nullable String name, @Nullable String address) {

    /** A client of which nothing is known. */
    public static final Device UNKNOWN = new Device(null, null);
  }

  /**
   * A request in a session.
   *
   * @param at when it was made
   * @param address the network address, at most 100 characters; null if unknown
   */
  public record Sighting(Instant at, @Nullable String address) {}

  /** Returns the same session with a later sighting. */
  public Session seen(Sighting sighting) {
    return new Session(id, signIn, device, createdAt, signedInAt, sighting, expiresAt);
  }

  /** Returns the same session after the person has proved again who they are. */
  public Session signedInAgain(SignIn again, Instant at) {
    return new Session(id, again, device, createdAt, at, lastSeen, expiresAt);
  }

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
