package io.accesstokens.transparency.stream;

import java.time.Duration;

/**
 * The lag of a target behind the log.
 *
 * @param entries the number of entries that the target has not accepted
 * @param age the age of the oldest of these entries, counted from the time of its audit event; zero
 *     if the target has accepted all entries
 */
public record StreamLag(long entries, Duration age) {

  static final StreamLag NONE = new StreamLag(0, Duration.ZERO);
}
