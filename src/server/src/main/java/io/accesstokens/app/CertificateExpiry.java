package io.accesstokens.app;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Provides the expiry of the TLS certificate that the server of {@code java -jar} uses now. A
 * servlet container has its own certificates, of which this application knows nothing.
 */
public final class CertificateExpiry {

  private final @Nullable Supplier<Instant> notAfter;

  /**
   * @param notAfter returns the instant at which the current certificate expires; null if the
   *     server has no certificate
   */
  public CertificateExpiry(@Nullable Supplier<Instant> notAfter) {
    this.notAfter = notAfter;
  }

  /**
   * Returns the instant at which the current certificate expires. The instant changes when changed
   * certificate files are read.
   *
   * @return empty if the server of this application uses no TLS, or if a servlet container has its
   *     own server
   */
  public Optional<Instant> notAfter() {
    return notAfter == null ? Optional.empty() : Optional.of(notAfter.get());
  }
}
