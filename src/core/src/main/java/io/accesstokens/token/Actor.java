package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.security.Principal;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who asks: a person, somebody's personal token, or a service token that manages tokens. */
public sealed interface Actor extends Principal {

  /** How the actor is named in {@code createdBy}, {@code revokedBy} and the audit trail. */
  @Override
  String getName();

  /** The network address that the request came from, if it came over a network. */
  @Nullable String clientAddress();

  /**
   * A person who signed in.
   *
   * @param ref the canonical ref, e.g. {@code user:default/alice}
   * @param groups the groups to which they belong now
   * @param roles those of the roles that a {@link PermissionPolicy} knows that a servlet container
   *     says they have
   * @param clientAddress where the request came from, or null
   * @param sessionId the session in which they ask, which is no secret and never changes; null if
   *     they sent a credential instead
   * @param signedInAt when they last proved who they are, in that session; null without a session
   */
  record Person(
      EntityRef ref,
      Set<EntityRef> groups,
      Set<String> roles,
      @Nullable String clientAddress,
      @Nullable UUID sessionId,
      @Nullable Instant signedInAt)
      implements Actor {

    /**
     * @throws IllegalArgumentException if there is a session without the time of its sign-in, or
     *     the other way round
     */
    public Person {
      if ((sessionId == null) != (signedInAt == null)) {
        throw new IllegalArgumentException("a session and the time of its sign-in go together");
      }
      groups = Set.copyOf(groups);
      roles = Set.copyOf(roles);
    }

    /** A person who is in no session. */
    public Person(
        EntityRef ref, Set<EntityRef> groups, Set<String> roles, @Nullable String clientAddress) {
      this(ref, groups, roles, clientAddress, null, null);
    }

    /** A person without a container's roles. */
    public Person(EntityRef ref, Set<EntityRef> groups, @Nullable String clientAddress) {
      this(ref, groups, Set.of(), clientAddress, null, null);
    }

    @Override
    public String getName() {
      return ref.toString();
    }
  }

  /**
   * A personal token that was presented as a credential: it acts as its user, and is named so, but
   * may do no more than its scopes say.
   *
   * @param user whose token it is, with the groups to which they belong now
   * @param verified what the check said of the token
   */
  record Delegate(Person user, Verification.Accepted verified) implements Actor {

    /**
     * @throws IllegalArgumentException if it is not a personal token of that user
     */
    public Delegate {
      if (!verified.owner().equals(user.ref())) {
        throw new IllegalArgumentException("a personal token stands for its own user only");
      }
    }

    @Override
    public String getName() {
      return user.getName();
    }

    @Override
    public @Nullable String clientAddress() {
      return user.clientAddress();
    }

    /** Whether its scopes let a permission of its user through. */
    boolean lets(String permission) {
      return Permissions.DELEGABLE.contains(permission) && verified.scopes().contains(permission);
    }
  }

  /**
   * A service token that was presented as a credential.
   *
   * @param verified what the check said of it
   * @param clientAddress where the request came from, or null
   */
  record Token(Verification.Accepted verified, @Nullable String clientAddress) implements Actor {
    @Override
    public String getName() {
      return verified.subject();
    }
  }

  /** What the check said of the token that was presented; empty for a person who signed in. */
  default Optional<Verification.Accepted> credential() {
    if (this instanceof Token token) {
      return Optional.of(token.verified());
    }
    return this instanceof Delegate delegate ? Optional.of(delegate.verified()) : Optional.empty();
  }
}
