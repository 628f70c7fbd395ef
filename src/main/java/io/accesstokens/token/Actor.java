package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.security.Principal;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who asks: a person, or a token that manages tokens. */
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
   */
  record Person(
      EntityRef ref,
      Set<EntityRef> groups,
      Set<String> roles,
      @Nullable String clientAddress,
      @Nullable UUID sessionId)
      implements Actor {
    public Person {
      groups = Set.copyOf(groups);
      roles = Set.copyOf(roles);
    }

    /** A person who is in no session. */
    public Person(
        EntityRef ref, Set<EntityRef> groups, Set<String> roles, @Nullable String clientAddress) {
      this(ref, groups, roles, clientAddress, null);
    }

    /** A person without a container's roles. */
    public Person(EntityRef ref, Set<EntityRef> groups, @Nullable String clientAddress) {
      this(ref, groups, Set.of(), clientAddress, null);
    }

    @Override
    public String getName() {
      return ref.toString();
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
}
