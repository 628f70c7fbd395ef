package io.accesstokens.session;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A browser session of a user, as stored. An instance does not contain the session key.
 *
 * @param id the id of the session, which is random and unique; it is not secret and is not derived
 *     from the session key
 * @param signIn the facts about the sign-in: the user and the login method
 * @param device the client from which the user signed in
 * @param createdAt the instant at which the session began
 * @param signedInAt the instant at which the user last proved their identity. If an OpenID provider
 *     reused an earlier sign-in, this instant is before {@code createdAt}.
 * @param lastSeen the last known request, with a precision of about one minute
 * @param expiresAt the absolute end of the session
 */
public record Session(
    UUID id,
    SignIn signIn,
    Device device,
    Instant createdAt,
    Instant signedInAt,
    Activity lastSeen,
    Instant expiresAt) {

  /**
   * The client from which a user signed in.
   *
   * @param name the browser and the operating system, such as {@code Firefox on Linux}, at most 100
   *     characters; null if the client is not recognized
   * @param address the network address of the client, at most 100 characters; null if unknown
   */
  public record Device(@Nullable String name, @Nullable String address) {

    /** An unknown client. */
    public static final Device UNKNOWN = new Device(null, null);
  }

  /**
   * The time of a request in a session, and the client address.
   *
   * @param at the time of the request
   * @param address the network address of the client, at most 100 characters; null if unknown
   */
  public record Activity(Instant at, @Nullable String address) {}

  /** Returns this session with {@code activity} as its last request. */
  public Session withLastSeen(Activity activity) {
    return new Session(id, signIn, device, createdAt, signedInAt, activity, expiresAt);
  }

  /** Returns this session with the facts and the instant of a new sign-in. */
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
   * The facts that a session records from the sign-in of its user.
   *
   * @param user the user who signed in
   * @param displayName the display name of the user; at most 255 code points
   * @param loginMethod the login method
   * @param username the username at that login method; at most 255 code points
   * @param accountStatus the account state that the login method reported, a text of at most 100
   *     characters. The session becomes invalid if the login method reports another text, or none.
   * @param roles the user's roles in the servlet container; contains only roles that the permission
   *     policy names
   * @param groups the user's groups that the login method reported; a group directory can add
   *     further groups
   * @param loopbackOnly true if only requests over the loopback interface are accepted
   * @param sealedIdToken the provider's ID token, {@linkplain SessionKey#seal sealed}; null if
   *     there is none
   */
  public record SignIn(
      EntityRef user,
      String displayName,
      LoginMethod loginMethod,
      String username,
      String accountStatus,
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
