package io.accesstokens.jwt;

import io.accesstokens.verify.EntityRef;
import java.util.Set;

/** What there is to say of a JWT. */
sealed interface JwtVerdict {

  /**
   * It is good.
   *
   * @param user who sent it
   * @param groups those that it names
   */
  record Accepted(EntityRef user, Set<EntityRef> groups) implements JwtVerdict {
    public Accepted {
      groups = Set.copyOf(groups);
    }
  }

  /** It is not good. */
  record Refused(JwtListener.Reason reason) implements JwtVerdict {}
}
