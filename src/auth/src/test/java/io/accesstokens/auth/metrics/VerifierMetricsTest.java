package io.accesstokens.auth.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Tests the metrics of a remote verifier, with and without Micrometer on the class path. */
class VerifierMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private long nanos = 5_000_000_000L;
  private final VerifierMetrics metrics =
      new VerifierMetrics(registry, () -> nanos, Tags.of(Tag.of("service", "one")));

  private double verifications(String outcome, String reason) {
    return registry
        .get("access.tokens.verifications")
        .tags("source", "remote", "outcome", outcome, "reason", reason, "service", "one")
        .counter()
        .count();
  }

  private long count(String timer, String outcome) {
    return registry.get(timer).tags("outcome", outcome).timer().count();
  }

  @Test
  void eachEventIsPublished() {
    metrics.accepted(
        new Verification.Accepted(
            UUID.randomUUID(),
            "service-token:group:default/platform:ci",
            new EntityRef(EntityRef.GROUP, "default", "platform"),
            List.of("catalog:read"),
            Instant.EPOCH),
        ClientInfo.at("192.0.2.1"));
    metrics.refused(
        new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty()),
        ClientInfo.UNKNOWN);
    metrics.unavailable(ClientInfo.UNKNOWN);
    metrics.introspected(Duration.ofMillis(20), true);
    metrics.introspected(Duration.ofSeconds(5), false);
    metrics.pollFailed(Duration.ofSeconds(2));
    assertEquals(1, verifications("accepted", "none"));
    assertEquals(1, verifications("refused", "unknown"));
    assertEquals(0, verifications("refused", "revoked"));
    assertEquals(1, verifications("unavailable", "none"));
    assertEquals(1, count("access.tokens.introspections", "answered"));
    assertEquals(1, count("access.tokens.introspections", "failed"));
    assertEquals(0, count("access.tokens.feed.poll", "succeeded"));
    assertEquals(1, count("access.tokens.feed.poll", "failed"));
  }

  @Test
  void leaseCountsFromTheStartOfTheRead() {
    assertEquals(0, lease());
    metrics.polled(Duration.ofMillis(100), Duration.ofMillis(500));
    assertEquals(0.4, lease(), 1e-9);
    nanos += 300_000_000;
    assertEquals(0.1, lease(), 1e-9);
    nanos += 300_000_000;
    assertEquals(0, lease());
    metrics.polled(Duration.ofMillis(1), Duration.ZERO);
    assertEquals(0, lease(), "a service that grants no lease");
  }

  private double lease() {
    return registry.get("access.tokens.lease.remaining").gauge().value();
  }

  @Test
  void textsOfTokensAddNoSeries() {
    int before = registry.getMeters().size();
    for (int i = 0; i < 1_000; i++) {
      metrics.accepted(
          new Verification.Accepted(
              UUID.randomUUID(),
              "service-token:group:default/g" + i + ":ci" + i,
              new EntityRef(EntityRef.GROUP, "default", "g" + i),
              List.of("scope" + i),
              Instant.EPOCH),
          ClientInfo.at("192.0.2." + i));
    }
    assertEquals(before, registry.getMeters().size());
  }

  /** A class loader with all libraries of this test except Micrometer. */
  private static URLClassLoader withoutMicrometer() throws IOException {
    List<URL> urls = new ArrayList<>();
    String classPath = System.getProperty("java.class.path", "");
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (!entry.contains("micrometer")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void verifierWorksWithoutMicrometer() throws Exception {
    try (URLClassLoader loader = withoutMicrometer()) {
      assertThrows(
          ClassNotFoundException.class,
          () -> loader.loadClass("io.micrometer.core.instrument.MeterRegistry"));
      Class<?> verifier = loader.loadClass(RemoteTokenVerifier.class.getName());
      Supplier<Object> credential = () -> null;
      Object builder =
          verifier
              .getMethod("builder", URI.class, Supplier.class)
              .invoke(null, URI.create("http://127.0.0.1:1"), credential);
      Object built = builder.getClass().getMethod("build").invoke(builder);
      ((AutoCloseable) built).close();
      // Resolves all methods of the classes that an application uses.
      for (Class<?> type :
          List.of(AccessTokensFeature.class, RemoteTokenVerifier.class, VerifierCredential.class)) {
        assertTrue(loader.loadClass(type.getName()).getMethods().length > 0, type.getName());
      }
    }
  }
}
