package io.accesstokens.login;

import jakarta.security.jacc.PolicyContext;
import jakarta.security.jacc.PolicyContextException;
import java.security.Principal;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * The groups that the servlet container's realm gives the caller of the current request, where the
 * container says so: those with Jakarta Authorization keep the caller's subject.
 *
 * <p>Such containers know only those roles that a deployment descriptor declares, while the roles
 * that count here are named in the settings. So a group counts as the role of its name.
 */
final class RealmGroups {

  /** Jakarta Authorization 2.1, section 4.6.1.1. */
  private static final String SUBJECT = "javax.security.auth.Subject.container";

  /** No specification says how a subject tells groups from names; Payara does it by this class. */
  private static final String GROUP = "org.glassfish.security.common.Group";

  private RealmGroups() {}

  /** None where there is no such container, or nobody has signed in. */
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
      return null; // so does a container answer that knows no subjects
    }
  }
}
