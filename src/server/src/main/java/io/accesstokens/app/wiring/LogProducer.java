package io.accesstokens.app.wiring;

import io.accesstokens.app.OpenResources;
import io.accesstokens.app.ProductVersion;
import io.accesstokens.app.SigningKeySeal;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.LogMetrics;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.transparency.OpenedLog;
import io.accesstokens.app.transparency.job.LogJob;
import io.accesstokens.app.transparency.publication.Publication;
import io.accesstokens.app.transparency.publication.Publisher;
import io.accesstokens.app.transparency.witness.Witness;
import io.accesstokens.app.transparency.witness.WitnessRound;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.UnreadableKeyException;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.PendingEvent;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.transparency.delivery.Cosignatures;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/** Produces the transparency log of audit events, and starts to append to it. */
@ApplicationScoped
public class LogProducer {

  private static final Logger LOG = System.getLogger(LogProducer.class.getName());

  /**
   * Opens the transparency log. Returns empty if {@link SigningKeySeal#of} returns no key to
   * encrypt the keys of the log.
   *
   * @throws StartupException if the keys of the log cannot be decrypted or read, or if the stored
   *     log is damaged
   */
  @Produces
  @Singleton
  Optional<OpenedLog> openedLog(
      Configuration configuration,
      Stores stores,
      Clock clock,
      ServerMetrics metrics,
      OpenResources resources) {
    SecureRandom random = new SecureRandom();
    Optional<KeySeal> seal = SigningKeySeal.of(configuration, random);
    if (seal.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "there is no transparency log of audit events: accessTokens.personal.encryptionKey is not"
              + " set");
      return Optional.empty();
    }
    try {
      String origin = stores.log().setOriginIfAbsent(configuration.logOrigin());
      LogKeys keys = LogKeys.open(stores.log(), seal.get(), origin, clock, random);
      UnaryOperator<PendingEvent> preparation =
          configuration.settings().auditLog().hashReasons()
              ? event -> event.withReasonSalt(random)
              : UnaryOperator.identity();
      Publication publication = configuration.publication();
      LogSequencer sequencer =
          LogSequencer.start(
              stores.log(), keys, origin, preparation, published(publication, keys, stores.log()));
      resources.onClose(sequencer::close);
      LogMonitor monitor = new LogMonitor(stores.log(), sequencer, clock);
      TransparencyLog log =
          new TransparencyLog(
              stores.log(),
              keys,
              configuration.settings().auditLog().publishHashes(),
              new Cosignatures(publication.witnesses().stream().map(Witness::key).toList()));
      LogMetrics logMetrics = LogMetrics.create(monitor, metrics);
      publish(publication, log, stores.log(), clock, logMetrics, resources);
      return Optional.of(new OpenedLog(monitor, log));
    } catch (UnreadableKeyException e) {
      throw SigningKeySeal.unreadable(e);
    } catch (StoreUnavailableException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    } catch (LogFormatException e) {
      throw new StartupException("transparency log: the stored log is damaged: " + e.getMessage());
    }
  }

  /**
   * Returns the largest published checkpoint; null if there is none, if no directory is configured,
   * or if the directory cannot be read.
   */
  private static @Nullable Checkpoint published(
      Publication publication, LogKeys keys, LogStore store) {
    String directory = "accessTokens.auditLog.publication.directory";
    try {
      Optional<Checkpoint> published = publication.largest(keys.verifiers());
      if (publication.directory() != null && published.isEmpty() && store.state().size() > 0) {
        LOG.log(
            Level.WARNING,
            "{0} has no checkpoint, so the stored transparency log is not verified against a published"
                + " checkpoint",
            directory);
      }
      return published.orElse(null);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "{0} cannot be read, so the transparency log is not compared with its checkpoints: {1}",
          directory,
          e);
      return null;
    }
  }

  /** Starts the jobs that publish checkpoints and that send checkpoints to witnesses. */
  private static void publish(
      Publication publication,
      TransparencyLog log,
      LogStore store,
      Clock clock,
      LogMetrics metrics,
      OpenResources resources) {
    PostClient.Network network =
        new PostClient.Network(SystemDefaultDnsResolver.INSTANCE, ProductVersion.text());
    if (publication.directory() != null || publication.webhook() != null) {
      Publisher publisher = new Publisher(publication, log, store, network, clock);
      for (Publisher.Channel channel : Publisher.Channel.values()) {
        metrics.calls(
            channel.name().toLowerCase(Locale.ROOT),
            () -> publisher.succeeded(channel),
            () -> publisher.failed(channel));
      }
      resources.onClose(publisher::close);
      resources.onClose(LogJob.start("publication", publisher::run)::close);
    }
    if (!publication.witnesses().isEmpty()) {
      WitnessRound round =
          new WitnessRound(
              publication.witnesses(), store, store.targets().orElseThrow(), network, clock);
      metrics.calls("witness", round::succeeded, round::failed);
      metrics.forks(round::forks);
      metrics.witnessLag(round::lag);
      resources.onClose(round::close);
      resources.onClose(LogJob.start("witnesses", round::run)::close);
    }
  }

  /** Returns the log for the API; empty if there is none. */
  @Produces
  @Singleton
  Optional<TransparencyLog> transparencyLog(Optional<OpenedLog> opened) {
    return opened.map(OpenedLog::log);
  }
}
