package io.accesstokens.session;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A user's session as a store keeps it, without its key.
 *
 * @param id random and unique; it is not secret and is not derived from the key
 * @param signIn who signed in, and how
 * @param device the client of the sign-in
 * @param createdAt when the session began
 * @param signedInAt when the user last proved their identity; this can be before {@code createdAt}
 *     if an OpenID provider reused an earlier sign-in
 * @param lastSeen the last known request, with a precision of about a minute
 * @param expiresAt the absolute end of the session
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

    /** An unknown client. */
    public static final Device UNKNOWN = new Device(null, null);
  }

  /**
   * A request in a session.
   *
   * @param at the time of the request
   * @param address the network address, at most 100 characters; null if unknown
   */
  public record Sighting(Instant at, @Nullable String address) {}

  /** Returns this session with another last request. */
  public Session seen(Sighting sighting) {
    return new Session(id, signIn, device, createdAt, signedInAt, sighting, expiresAt);
  }

  /** Returns this session with a new sign-in of its user. */
  public Session signedInAgain(SignIn again, Instant at) {
    return new Session(id, again, device, createdAt, at, lastSeen, expiresAt);
  }

  /** The method by which a user proved their identity. */
  public enum LoginMethod {
    /** A username and a password. */
    PASSWORD,
    /** A sign-in at an OpenID provider. */
    OIDC
  }

  /**
   * The facts that only the sign-in can supply.
   *
   * @param user the user
   * @param displayName the name to show; at most 255 code points
   * @param way the login method
   * @param username the username at that login method; at most 255 code points
   * @param standing the account state that the login method reported, a text of at most 100
   *     characters. The session becomes invalid when the login method reports another text
   * @param roles those of the user's servlet container roles that the permission policy names
   * @param groups the groups that the sign-in reported, in addition to those of a directory
   * @param loopbackOnly true if only requests over the loopback interface are accepted
   * @param sealedIdToken the provider's ID token, {@linkplain SessionKey#seal sealed}; null if
   *     there is none
   */
  public record SignIn(
      EntityRef user,
      String displayName,
      LoginMethod way,
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
