package io.accesstokens.app.wiring;

import io.accesstokens.app.OpenResources;
import io.accesstokens.app.ProductVersion;
import io.accesstokens.app.ServletEnvironment;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.metrics.TokenMetrics;
import io.accesstokens.app.settings.Configuration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Produces the metrics. */
@ApplicationScoped
public class MonitoringProducer {

  /** The path of the Jakarta REST application, as in {@code web.xml}. */
  static final String API = "/api";

  @Produces
  @Singleton
  ServerMetrics metrics(
      Configuration configuration, OpenResources resources, ServletEnvironment environment) {
    ServerMetrics metrics = new ServerMetrics(ProductVersion.text());
    resources.onClose(metrics::close);
    try (JsonReader reader = Json.createReader(ApiProducer.openDescription())) {
      metrics.http().createSeries(reader.readObject(), API);
    }
    Optional<Supplier<Instant>> expiry = environment.certificateExpiry();
    metrics.certificate(() -> expiry.map(Supplier::get));
    environment
        .certificateIsUsable()
        .ifPresent(isUsable -> metrics.file("accessTokens.tls", isUsable));
    configuration.watchedFiles().forEach(metrics::file);
    environment
        .threadQueue()
        .ifPresent(queue -> metrics.queue("threads", queue::waitingRequests, queue::longestWait));
    return metrics;
  }

  /** Creates the metrics about tokens, and counts the tokens for the first time. */
  @Produces
  @Singleton
  TokenMetrics tokenMetrics(Stores stores, Clock clock, ServerMetrics metrics) {
    return new TokenMetrics(stores.tokens().reports(), clock, metrics.registry());
  }
}
