package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CertificateExpiryTest {

  @Test
  void expiryFollowsTheCertificateOfTheServer() {
    AtomicReference<Instant> current = new AtomicReference<>(Instant.EPOCH);
    CertificateExpiry expiry = new CertificateExpiry(current::get);
    assertEquals(Optional.of(Instant.EPOCH), expiry.notAfter());
    current.set(Instant.EPOCH.plusSeconds(1));
    assertEquals(Optional.of(Instant.EPOCH.plusSeconds(1)), expiry.notAfter());
  }

  @Test
  void serverWithoutACertificateHasNoExpiry() {
    assertEquals(Optional.empty(), new CertificateExpiry(null).notAfter());
  }
}
