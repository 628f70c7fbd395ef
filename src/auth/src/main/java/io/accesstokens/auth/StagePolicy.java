package io.accesstokens.auth;

/**
 * Chooses the stage of a resource method, for example by an application's own settings.
 *
 * <p>It is called for each request that lacks a scope, so a stage can change while the application
 * runs. Implementations must return at once and be safe for use by many threads. If a policy throws
 * or returns null, the stage is {@link Stage#ENFORCE}.
 */
@FunctionalInterface
public interface StagePolicy {

  /** Returns the current stage of a resource method. */
  Stage stageOf(Route route);
}
