package io.accesstokens.auth.enforcement;

/**
 * Chooses the mode of a resource method, for example from an application's own settings.
 *
 * <p>The policy is called for each request whose caller lacks a scope. So a mode can change at run
 * time. Implementations must return at once and be thread-safe. If a policy throws or returns null,
 * the mode is {@link EnforcementMode#ENFORCE}.
 */
@FunctionalInterface
public interface EnforcementPolicy {

  /** Returns the current mode of a resource method. */
  EnforcementMode modeOf(Route route);
}
