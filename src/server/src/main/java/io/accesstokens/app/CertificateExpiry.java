package io.accesstokens.app;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Provides the expiry of the TLS certificate that the server of {@code java -jar} uses now. This
 * application does not know the certificates of a servlet container.
 */
public final class CertificateExpiry {

  private final @Nullable Supplier<Instant> notAfter;

  /**
   * Creates a provider of the expiry of the current certificate.
   *
   * @param notAfter returns the instant at which the current certificate expires; null if the
   *     server has no certificate
   */
  public CertificateExpiry(@Nullable Supplier<Instant> notAfter) {
    this.notAfter = notAfter;
  }

  /**
   * Returns the instant at which the current certificate expires. The instant can change when the
   * server reads new certificate files.
   *
   * @return the instant; empty if the server of {@code java -jar} uses no TLS, or if the
   *     application runs in a servlet container
   */
  public Optional<Instant> notAfter() {
    return notAfter == null ? Optional.empty() : Optional.of(notAfter.get());
  }
}
