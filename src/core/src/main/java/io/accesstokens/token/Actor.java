package io.accesstokens.token;

import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.security.Principal;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The caller of a use case: a user, a personal token, or a service token. */
public sealed interface Actor extends Principal {

  /**
   * Returns the name of the actor, as used in {@code createdBy}, {@code revokedBy} and the audit
   * log.
   */
  @Override
  String getName();

  /** Returns the network address of the client; null if the request did not come over a network. */
  @Nullable String clientAddress();

  /**
   * A user who signed in.
   *
   * @param ref the canonical ref, e.g. {@code user:default/alice}
   * @param groups the current groups of the user
   * @param roles the user's roles in the servlet container; contains only roles that the {@link
   *     PermissionPolicy} names
   * @param clientAddress the network address of the request; null if the request did not come over
   *     a network
   * @param sessionId the id of the session, which is not secret and never changes; null if the
   *     request had a credential instead of a session
   * @param signedInAt the instant at which the user last proved their identity in the session; null
   *     without a session
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
     * Creates a user with or without a session.
     *
     * @throws IllegalArgumentException if only one of {@code sessionId} and {@code signedInAt} is
     *     null
     */
    public Person {
      if ((sessionId == null) != (signedInAt == null)) {
        throw new IllegalArgumentException(
            "sessionId and signedInAt must both be null or both be set");
      }
      groups = Set.copyOf(groups);
      roles = Set.copyOf(roles);
    }

    /** Creates a user without a session. */
    public Person(
        EntityRef ref, Set<EntityRef> groups, Set<String> roles, @Nullable String clientAddress) {
      this(ref, groups, roles, clientAddress, null, null);
    }

    /** Creates a user without a session and without roles of a servlet container. */
    public Person(EntityRef ref, Set<EntityRef> groups, @Nullable String clientAddress) {
      this(ref, groups, Set.of(), clientAddress, null, null);
    }

    @Override
    public String getName() {
      return ref.toString();
    }
  }

  /**
   * A personal token that was sent as a credential. The actor has the name of the user. The scopes
   * of the token limit the permissions of the actor.
   *
   * @param user the user of the token, with their current groups
   * @param verified the verdict on the token
   */
  record Delegate(Person user, Verification.Accepted verified) implements Actor {

    /**
     * Creates an actor from a user and the verified personal token.
     *
     * @throws IllegalArgumentException if the verified token does not belong to {@code user}
     */
    public Delegate {
      if (!verified.owner().equals(user.ref())) {
        throw new IllegalArgumentException("the user must be the owner of the personal token");
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

    /**
     * Returns true if the scopes of this token include the permission. Returns false for a
     * permission that no personal token can have.
     */
    public boolean allows(String permission) {
      return Permissions.DELEGABLE.contains(permission) && verified.scopes().contains(permission);
    }
  }

  /**
   * A service token that was sent as a credential.
   *
   * @param verified the verdict on the token
   * @param clientAddress the network address of the request; null if the request did not come over
   *     a network
   */
  record Token(Verification.Accepted verified, @Nullable String clientAddress) implements Actor {
    @Override
    public String getName() {
      return verified.subject();
    }
  }

  /** Returns the verdict on the token that was sent as a credential; empty for a {@link Person}. */
  default Optional<Verification.Accepted> credential() {
    if (this instanceof Token token) {
      return Optional.of(token.verified());
    }
    return this instanceof Delegate delegate ? Optional.of(delegate.verified()) : Optional.empty();
  }
}
