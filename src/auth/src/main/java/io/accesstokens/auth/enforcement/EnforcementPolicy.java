package io.accesstokens.auth.enforcement;

/**
 * Determines the enforcement mode of a resource method, for example from the settings of the
 * application.
 *
 * <p>The policy is called for each request whose caller lacks a required scope. So the mode can
 * change at run time. Implementations must be thread-safe and must not block. If a policy throws an
 * exception or returns null, the mode is {@link EnforcementMode#ENFORCE}.
 */
@FunctionalInterface
public interface EnforcementPolicy {

  /** Returns the current mode of a resource method. */
  EnforcementMode modeOf(Route route);
}
