package io.accesstokens.auth;

/**
 * Chooses the stage of a route, by an application's own settings for instance.
 *
 * <p>It is asked anew by each request that lacks a scope, from many threads, so that a stage can
 * change while the application runs, and must answer at once. If it throws, the stage is {@link
 * Stage#ENFORCE}.
 */
@FunctionalInterface
public interface StagePolicy {

  /** The stage of a route now. */
  Stage stageOf(Route route);
}
