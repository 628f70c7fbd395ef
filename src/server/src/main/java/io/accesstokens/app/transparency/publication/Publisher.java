package io.accesstokens.app.transparency.publication;

import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.app.transparency.job.RetryDelay;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.SignedNote;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.transparency.delivery.TargetState;
import io.accesstokens.transparency.delivery.TargetStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the latest checkpoint, at most once in each interval. Publishes no checkpoint without a
 * signature by a key of the log. A publication that fails is repeated. Each process writes files.
 * One process at a time calls the webhook. One thread runs the publisher.
 */
public final class Publisher implements AutoCloseable {

  /** A destination of checkpoints. */
  public enum Channel {
    DIRECTORY,
    WEBHOOK
  }

  private static final Logger LOG = System.getLogger(Publisher.class.getPackageName());

  private final TransparencyLog log;
  private final @Nullable TargetStore targets;
  private final Clock clock;
  private final Duration interval;
  private final Duration deadline;
  private final @Nullable CheckpointFiles files;
  private final @Nullable CheckpointWebhook webhook;
  private final Map<Channel, AtomicLong> failures = new EnumMap<>(Channel.class);
  private final Map<Channel, AtomicLong> successes = new EnumMap<>(Channel.class);
  private final String webhookTarget;

  /**
   * The progress of publication to the directory. Each process has its own progress, which is not
   * stored in the database.
   */
  private TargetState written = TargetState.initial("directory");

  /**
   * Creates a publisher.
   *
   * @param store the store of the log; must have a {@link TargetStore} if there is a webhook
   */
  public Publisher(
      Publication settings,
      TransparencyLog log,
      LogStore store,
      PostClient.Network network,
      Clock clock) {
    this(settings, log, store, network, clock, PostClient.DEADLINE);
  }

  Publisher(
      Publication settings,
      TransparencyLog log,
      LogStore store,
      PostClient.Network network,
      Clock clock,
      Duration deadline) {
    this.log = log;
    this.targets = store.targets().orElse(null);
    this.clock = clock;
    this.interval = settings.interval();
    this.deadline = deadline;
    this.files = settings.directory() == null ? null : new CheckpointFiles(settings.directory());
    WebhookTarget endpoint = settings.webhook();
    this.webhook =
        endpoint == null ? null : new CheckpointWebhook(endpoint, network, clock, deadline);
    this.webhookTarget =
        endpoint == null ? "" : TargetState.id("webhook", endpoint.url().toString());
    for (Channel channel : Channel.values()) {
      failures.put(channel, new AtomicLong());
      successes.put(channel, new AtomicLong());
    }
  }

  /** Returns the number of publications of this process that succeeded. */
  public long succeeded(Channel channel) {
    return Objects.requireNonNull(successes.get(channel)).get();
  }

  /** Returns the number of publications of this process that failed. */
  public long failed(Channel channel) {
    return Objects.requireNonNull(failures.get(channel)).get();
  }

  /**
   * Publishes the latest checkpoint to each channel for which a publication is due.
   *
   * @throws io.accesstokens.token.StoreUnavailableException if the store cannot be reached
   */
  public void run() {
    Optional<String> note = log.checkpoint();
    if (note.isEmpty()) {
      return;
    }
    SignedNote signed = CheckpointFiles.parse(note.get());
    long size = Checkpoint.parse(signed.text()).size();
    if (size == 0) {
      return;
    }
    Instant now = clock.instant();
    CheckpointFiles directory = files;
    if (directory != null && isDue(written, size, now)) {
      written = attempt(Channel.DIRECTORY, written, signed, size, directory::publish);
    }
    CheckpointWebhook endpoint = webhook;
    TargetStore shared = targets;
    if (endpoint != null && shared != null) {
      TargetState before =
          shared.states().getOrDefault(webhookTarget, TargetState.initial(webhookTarget));
      if (isDue(before, size, now)
          && shared.claim(webhookTarget, now, now.plus(deadline.multipliedBy(2)))) {
        shared.save(attempt(Channel.WEBHOOK, before, signed, size, endpoint::publish));
      }
    }
  }

  private static boolean isDue(TargetState state, long size, Instant now) {
    return state.size() != size && state.isDue(now);
  }

  /** Publishes a checkpoint to one channel. */
  private interface Attempt {
    void publish(SignedNote note) throws PublicationException;
  }

  private TargetState attempt(
      Channel channel, TargetState before, SignedNote note, long size, Attempt attempt) {
    try {
      requireSignature(note);
      attempt.publish(note);
      Objects.requireNonNull(successes.get(channel)).incrementAndGet();
      if (before.problem() != null) {
        LOG.log(Level.INFO, "recovered: checkpoints of the transparency log are published");
      }
      return before.accepted(size, note.toString(), clock.instant().plus(interval));
    } catch (PublicationException e) {
      String problem = String.valueOf(e.getMessage());
      Objects.requireNonNull(failures.get(channel)).incrementAndGet();
      if (!problem.equals(before.problem())) {
        LOG.log(Level.ERROR, "a checkpoint of the transparency log is not published: {0}", problem);
      }
      return before.failed(
          problem, false, clock.instant().plus(RetryDelay.after(before.failures())));
    }
  }

  /**
   * Requires that a key of the log has signed the checkpoint. A published checkpoint cannot be
   * taken back, and a new process appends only to a log that extends it. A changed row of the
   * database must not stop the log after the row is restored.
   */
  private void requireSignature(SignedNote note) throws PublicationException {
    try {
      var unused = log.verified(note);
    } catch (LogFormatException e) {
      throw new PublicationException(
          "the stored checkpoint cannot be verified: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (webhook != null) {
      webhook.close();
    }
  }
}
