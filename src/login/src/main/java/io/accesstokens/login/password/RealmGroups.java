package io.accesstokens.login.password;

import jakarta.security.jacc.PolicyContext;
import jakarta.security.jacc.PolicyContextException;
import java.security.Principal;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Reads the groups of the current caller from the realm of the servlet container. The groups are
 * available only in containers with Jakarta Authorization, because these containers keep the
 * subject of the caller.
 *
 * <p>These containers support only the roles of a deployment descriptor, but the roles of this
 * service are in the settings. Therefore a group counts as the role with the same name.
 */
final class RealmGroups {

  /**
   * The key with which a container returns the subject of the caller (Jakarta Authorization 2.1,
   * section 4.6.1.1).
   */
  private static final String SUBJECT = "javax.security.auth.Subject.container";

  /** The class of a group principal in Payara. No specification defines a class for groups. */
  private static final String GROUP = "org.glassfish.security.common.Group";

  private RealmGroups() {}

  /**
   * Returns the groups of the caller. The set is empty if the container keeps no subject or no user
   * is signed in.
   */
  static Set<String> ofCaller() {
    return subject() instanceof Subject subject
        ? subject.getPrincipals().stream()
            .filter(principal -> principal.getClass().getName().equals(GROUP))
            .map(Principal::getName)
            .collect(Collectors.toSet())
        : Set.of();
  }

  private static @Nullable Object subject() {
    try {
      return PolicyContext.getContext(SUBJECT);
    } catch (PolicyContextException | IllegalArgumentException e) {
      return null; // the container does not support subjects
    }
  }
}
