package io.accesstokens.app.transparency.publication;

import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.app.transparency.witness.Witness;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The validated settings of all receivers of checkpoints.
 *
 * @param directory the absolute path of the directory for checkpoints; null if there is none
 * @param interval the minimum time between two publications
 * @param webhook the webhook; null if there is none
 * @param witnesses the witnesses
 */
public record Publication(
    @Nullable Path directory,
    Duration interval,
    @Nullable WebhookTarget webhook,
    List<Witness> witnesses) {

  /** Nothing receives checkpoints. */
  public static final Publication NONE =
      new Publication(null, Duration.ofSeconds(60), null, List.of());

  public Publication {
    witnesses = List.copyOf(witnesses);
  }

  /**
   * Returns the largest checkpoint that was published to the directory, even if its key was
   * replaced.
   *
   * @param keys the keys of the log
   * @throws IOException if the directory cannot be read
   */
  public Optional<Checkpoint> largest(List<VerifierKey> keys) throws IOException {
    return directory == null ? Optional.empty() : new CheckpointFiles(directory).largest(keys);
  }
}
