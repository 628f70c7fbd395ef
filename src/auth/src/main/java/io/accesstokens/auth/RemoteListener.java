package io.accesstokens.auth;

import java.time.Duration;

/**
 * Is told what a {@link RemoteTokenVerifier} does, for an application's metrics: what was checked
 * but not introspected was answered from memory. Called by many threads; must return at once. What
 * it throws is passed over.
 */
public interface RemoteListener {

  /** Passes over everything. */
  RemoteListener NOBODY = new RemoteListener() {};

  /** A token is about to be checked. */
  default void checked() {}

  /**
   * The service was asked about a token.
   *
   * @param took how long
   * @param answered whether it answered, good or not
   */
  default void introspected(Duration took, boolean answered) {}

  /**
   * The changes were read.
   *
   * @param took how long
   * @param lease for how long verdicts may be kept; zero if not at all
   */
  default void polled(Duration took, Duration lease) {}

  /** The changes could not be read. Some of it in a row, and verdicts are unavailable. */
  default void pollFailed(Duration took) {}
}
