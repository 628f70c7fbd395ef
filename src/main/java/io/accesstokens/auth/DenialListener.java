package io.accesstokens.auth;

import java.security.Principal;

/** Is told of callers that were denied a resource for want of a permission. Must return at once. */
@FunctionalInterface
public interface DenialListener {

  /** Tells nobody. */
  DenialListener NONE = (caller, permission) -> {};

  /**
   * A request was answered 403.
   *
   * @param caller the request's principal
   * @param permission the first of the permissions that would have done
   */
  void denied(Principal caller, String permission);
}
