package io.accesstokens.transparency;

import io.accesstokens.log.LogArchive;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a log, as one process sees it.
 *
 * @param origin the name of the log; null if the log was never opened or its state is damaged
 * @param size the number of entries; 0 if the state is damaged
 * @param verifiedSize the number of entries of the latest checkpoint that this process has
 *     verified; 0 before the first verification
 * @param verifiedAt the time of the last run of the sequencer that found no damage; null before the
 *     first one
 * @param backlog the events that are not in the log yet. Their count stops at {@link
 *     LogMonitor#MAX_COUNT}
 * @param lag the time for which the oldest of these events has waited; zero if there is none
 * @param damage what is wrong with the stored log; null if nothing is known to be wrong. The
 *     service appends no events to a log that contradicts a signed checkpoint. The service
 *     continues to append to a log that does not record a stored archive
 * @param archive the latest archive; null if there is none
 */
public record LogStatus(
    @Nullable String origin,
    long size,
    long verifiedSize,
    @Nullable Instant verifiedAt,
    LogBacklog backlog,
    Duration lag,
    @Nullable String damage,
    @Nullable LogArchive archive) {

  /** The lag at which an operator must act. */
  public static final Duration MAX_LAG = Duration.ofMinutes(1);

  /** Returns the index of the first entry that was not archived. */
  public long firstIndex() {
    return archive == null ? 0 : archive.end();
  }

  /** Returns true if an event has waited longer than {@link #MAX_LAG} for its log entry. */
  public boolean isLate() {
    return lag.compareTo(MAX_LAG) > 0;
  }
}
