package io.accesstokens.transparency;

import org.jspecify.annotations.Nullable;

/**
 * The state of a log.
 *
 * @param origin the name of the log; null before the log was opened for the first time
 * @param size the number of entries
 * @param checkpoint the latest checkpoint as a signed note; null before the first checkpoint
 */
public record LogState(@Nullable String origin, long size, @Nullable String checkpoint) {

  /** The state of a log that was never opened. */
  public static final LogState NEW = new LogState(null, 0, null);
}
