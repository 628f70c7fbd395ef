package io.accesstokens.transparency;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The events that are committed, but not in the log yet.
 *
 * @param events the number of events, at most the limit of the count
 * @param oldest the time of the oldest event; null if there is none
 */
public record LogBacklog(int events, @Nullable Instant oldest) {

  /** A backlog without events. */
  public static final LogBacklog NONE = new LogBacklog(0, null);
}
