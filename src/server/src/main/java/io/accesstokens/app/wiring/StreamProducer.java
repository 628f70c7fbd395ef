package io.accesstokens.app.wiring;

import io.accesstokens.app.OpenResources;
import io.accesstokens.app.ProductVersion;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.outbound.PostClient;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.stream.StreamSenders;
import io.accesstokens.app.stream.StreamTargetConfiguration;
import io.accesstokens.transparency.TransparencyLog;
import io.accesstokens.transparency.stream.LogStream;
import io.accesstokens.transparency.stream.StreamTarget;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/** Produces the part that sends audit events to other systems. */
@ApplicationScoped
public class StreamProducer {

  /**
   * Starts to send audit events. Returns empty if no target is configured.
   *
   * @throws StartupException if there are targets, but there is no transparency log
   */
  @Produces
  @Singleton
  Optional<LogStream> stream(
      Configuration configuration,
      Stores stores,
      Optional<TransparencyLog> log,
      Clock clock,
      ServerMetrics metrics,
      OpenResources resources) {
    List<StreamTargetConfiguration> configured = configuration.streams();
    if (configured.isEmpty()) {
      return Optional.empty();
    }
    if (log.isEmpty()) {
      throw new StartupException(
          "accessTokens.auditLog.stream needs the transparency log: set"
              + " accessTokens.personal.encryptionKey");
    }
    String origin = String.valueOf(stores.log().state().origin());
    PostClient.Network network =
        new PostClient.Network(SystemDefaultDnsResolver.INSTANCE, ProductVersion.text());
    List<StreamTarget> targets =
        configured.stream()
            .map(
                target ->
                    new StreamTarget(
                        target.name(),
                        target.fromBeginning(),
                        StreamSenders.of(target, network, clock)))
            .toList();
    LogStream stream =
        LogStream.start(
            stores.log(),
            stores.logStreams().orElseThrow(),
            origin,
            targets,
            clock,
            new SecureRandom());
    targets.forEach(target -> metrics.stream(stream, target.name()));
    resources.onClose(stream::close);
    return Optional.of(stream);
  }
}
