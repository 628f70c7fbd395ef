package io.accesstokens.faults;

/** Causes faults until it is stopped. */
interface Disturber {

  /** Returns true if each fault that the run needs has occurred. */
  boolean isFinished();

  /**
   * Returns true if a thread has failed because of its own error; {@link #stop} throws that error.
   */
  boolean isBroken();

  /** Waits for the end of the active faults and of their effects. */
  void stop() throws Exception;

  /** Stops immediately, and does not change any process. */
  void abandon();
}
