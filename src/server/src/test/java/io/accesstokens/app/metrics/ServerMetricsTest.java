package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.metrics.VerificationMetrics.Source;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the series of all metrics together. */
class ServerMetricsTest {

  private static final int TOKENS = 10_000;
  private static final int GROUPS = 1_000;

  private final ServerMetrics metrics = new ServerMetrics("1.2.3");

  @AfterEach
  void close() {
    metrics.close();
  }

  private String text(String mediaType) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      metrics.write(out, mediaType);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private Metrics read() {
    return Metrics.of(text(ServerMetrics.TEXT));
  }

  @Test
  void acceptSelectsTheMediaType() {
    for (List<String> accept :
        List.<List<String>>of(
            List.of(),
            List.of("*/*"),
            List.of("text/html"),
            List.of("application/openmetrics-text;q=0, text/plain"),
            List.of("text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.1"))) {
      assertEquals(ServerMetrics.TEXT, ServerMetrics.mediaType(accept), accept::toString);
    }
    for (List<String> accept :
        List.of(
            List.of("application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1"),
            List.of("application/openmetrics-text;q=0.5,text/plain;version=0.0.4;q=0.3"),
            List.of("text/plain;q=0.3", "application/openmetrics-text;q=0.5"))) {
      assertEquals(ServerMetrics.OPEN_METRICS, ServerMetrics.mediaType(accept), accept::toString);
    }
    assertTrue(text(ServerMetrics.OPEN_METRICS).endsWith("# EOF\n"), "OpenMetrics");
    read().expect(1, "access_tokens_build{version=\"1.2.3\"}");
  }

  @Test
  void gaugesReadTheirSources() {
    metrics.queue("tests", () -> 3, () -> Duration.ofMillis(1_500));
    metrics.lease(
        Optional.of(Lease.Durations.of(Duration.ofMillis(500), Duration.ofMinutes(2))),
        () -> Optional.of(Duration.ofMillis(250)));
    metrics.certificate(() -> Optional.of(Instant.ofEpochSecond(1_800_000_000)));
    read()
        .expect(3, "access_tokens_queue_entries{queue=\"tests\"}")
        .expect(1.5, "access_tokens_queue_age_seconds{queue=\"tests\"}")
        .expect(0.5, "access_tokens_lease_length_seconds")
        .expect(0.25, "access_tokens_lease_remaining_seconds")
        .expect(120.525, "access_tokens_revocation_wait_limit_seconds")
        .expect(1_800_000_000, "access_tokens_tls_certificate_expiry_timestamp_seconds");
  }

  @Test
  void absentLeaseAndCertificateAreInfinite() {
    metrics.lease(Optional.empty(), Optional::empty);
    metrics.certificate(Optional::empty);
    read()
        .expect(Double.POSITIVE_INFINITY, "access_tokens_lease_length_seconds")
        .expect(Double.POSITIVE_INFINITY, "access_tokens_lease_remaining_seconds")
        .expect(0, "access_tokens_revocation_wait_limit_seconds")
        .expect(Double.POSITIVE_INFINITY, "access_tokens_tls_certificate_expiry_timestamp_seconds");
  }

  @Test
  void fileIsUnusableUntilItIsRepaired() {
    AtomicBoolean usable = new AtomicBoolean(true);
    metrics.file("accessTokens.login.usersFile", usable::get);
    String series = "access_tokens_file_unusable{setting=\"accessTokens.login.usersFile\"}";
    read().expect(0, series);
    usable.set(false);
    read().expect(1, series);
    usable.set(true);
    read().expect(0, series);
  }

  @Test
  void tokensAndGroupsAddNoSeries() {
    InMemoryTokenStore store = new InMemoryTokenStore();
    ManualClock clock = new ManualClock();
    TokenMetrics tokens = new TokenMetrics(store.reports(), clock, metrics.registry());
    VerificationListener listener =
        metrics.verifications().counting(Source.BEARER, VerificationListener.NO_OP);
    metrics.http().record("/api/x/{id}", "GET", 200, 1);
    Set<String> before = ownSeries(read());
    for (int i = 0; i < TOKENS; i++) {
      EntityRef group = new EntityRef(EntityRef.GROUP, "default", "g" + i % GROUPS);
      ServiceToken token = token("t" + i, group, clock.instant());
      store.create(token, digest(i), created(token));
      listener.accepted(
          new Verification.Accepted(
              token.id(), token.name(), group, token.scopes(), token.expiresAt()),
          ClientInfo.at("192.0.2." + i));
      metrics.events().denied("scope-" + i);
      metrics.http().record("/api/x/{id}", "GET", 200, i);
    }
    tokens.refresh();
    Metrics after = read();
    assertEquals(before, ownSeries(after));
    after
        .expect(TOKENS, "access_tokens_tokens{kind=\"service\",status=\"active\"}")
        .expect(TOKENS, "access_tokens_denials_total{permission=\"other\"}");
  }

  /** Returns the series without those of the JVM, which has further series after a collection. */
  private static Set<String> ownSeries(Metrics metrics) {
    return metrics.series().stream()
        .filter(name -> !name.startsWith("jvm_"))
        .collect(Collectors.toSet());
  }

  private static ServiceToken token(String name, EntityRef group, Instant now) {
    return new ServiceToken(
        UUID.randomUUID(),
        name,
        "for a test",
        "bsat_abcdefg",
        group,
        List.of("catalog:read"),
        "user:default/alice",
        now,
        now.plus(Duration.ofDays(90)),
        null,
        null,
        null);
  }

  private static TokenDigest digest(int number) {
    return TokenDigest.of(ByteBuffer.allocate(TokenDigest.LENGTH).putInt(number).array());
  }

  private static AuditEvent created(ServiceToken token) {
    return new AuditEvent(
        UUID.randomUUID(),
        token.id(),
        AuditEvent.Type.CREATED,
        token.createdBy(),
        Map.of(),
        token.createdAt());
  }
}
