package io.accesstokens.jwt;

import io.accesstokens.verify.EntityRef;
import java.util.Set;

/** The result of the verification of a JWT. */
sealed interface JwtVerdict {

  /**
   * The JWT is valid.
   *
   * @param user the entity ref of the user that the JWT identifies
   * @param groups the groups of the user in the JWT
   */
  record Accepted(EntityRef user, Set<EntityRef> groups) implements JwtVerdict {
    public Accepted {
      groups = Set.copyOf(groups);
    }
  }

  /** The JWT is rejected. The client never receives the reason. */
  record Refused(JwtListener.Reason reason) implements JwtVerdict {}
}
