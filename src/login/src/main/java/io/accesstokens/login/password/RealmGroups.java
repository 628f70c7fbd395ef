package io.accesstokens.login.password;

import jakarta.security.jacc.PolicyContext;
import jakarta.security.jacc.PolicyContextException;
import java.security.Principal;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Reads the groups of the current caller from the realm of the servlet container. Only containers
 * with Jakarta Authorization provide these groups.
 *
 * <p>In these containers, a deployment descriptor must define each role, but the roles of this
 * service are in the settings. Therefore a group counts as the role with the same name.
 */
final class RealmGroups {

  /**
   * The name under which a container provides the subject of the caller (Jakarta Authorization 2.1,
   * section 4.6.1.1).
   */
  private static final String SUBJECT = "javax.security.auth.Subject.container";

  /**
   * The class name of Payara's group principals. No specification defines a common class for
   * groups.
   */
  private static final String GROUP = "org.glassfish.security.common.Group";

  private RealmGroups() {}

  /**
   * Returns the groups of the caller. The set is empty if the container provides no subject or if
   * no user is signed in.
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
