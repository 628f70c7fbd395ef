package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.ServletContext;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the producers the values that the application receives from the server. {@link Startup}
 * sets the values before it calls a producer. Producers cannot use CDI's own {@code
 * ServletContext}, because that bean belongs to the request scope.
 */
@ApplicationScoped
public class ServletEnvironment {

  private volatile @Nullable Configuration configuration;
  private volatile @Nullable Path baseDirectory;
  private volatile @Nullable URI loopbackUrl;
  private volatile @Nullable BooleanSupplier stopping;
  private volatile @Nullable Supplier<Instant> certificateExpiry;
  private volatile @Nullable BooleanSupplier certificateUsable;
  private volatile @Nullable ThreadQueue threadQueue;

  void initialize(ServletContext context) {
    configuration = (Configuration) context.getAttribute(Startup.CONFIGURATION);
    baseDirectory = Startup.baseDirectory(context);
    loopbackUrl = Startup.loopbackUrl(context);
    stopping =
        context.getAttribute(Startup.STOPPING) instanceof BooleanSupplier supplier
            ? supplier
            : null;
    certificateExpiry =
        context.getAttribute(Startup.CERTIFICATE_EXPIRY) instanceof Supplier<?> supplier
            ? () -> (Instant) supplier.get()
            : null;
    certificateUsable = (BooleanSupplier) context.getAttribute(Startup.CERTIFICATE_USABLE);
    threadQueue = (ThreadQueue) context.getAttribute(Startup.THREAD_QUEUE);
  }

  /** Returns the settings that the server has already read; empty if it has read none. */
  public Optional<Configuration> configuration() {
    return Optional.ofNullable(configuration);
  }

  /** Returns the base directory, against which relative paths in settings are resolved. */
  public Path baseDirectory() {
    return Objects.requireNonNull(baseDirectory, "the application has not started");
  }

  /**
   * Returns the loopback URL of the application; empty if the URL is unknown. Only clients on the
   * same machine can use this URL.
   */
  public Optional<URI> loopbackUrl() {
    return Optional.ofNullable(loopbackUrl);
  }

  /** Returns true if the server of {@code java -jar} is about to stop. */
  public boolean isStopping() {
    BooleanSupplier supplier = stopping;
    return supplier != null && supplier.getAsBoolean();
  }

  /**
   * Returns a supplier of the instant at which the current TLS certificate of {@code java -jar}
   * expires. Returns empty if that server uses no TLS, and in a servlet container, because the
   * application does not know the certificates of a container.
   */
  public Optional<Supplier<Instant>> certificateExpiry() {
    return Optional.ofNullable(certificateExpiry);
  }

  /**
   * Returns a supplier that returns false if the files of the TLS certificate have changed and
   * cannot be used. Returns empty if the server has no certificate.
   */
  public Optional<BooleanSupplier> certificateIsUsable() {
    return Optional.ofNullable(certificateUsable);
  }

  /**
   * Returns the queue of the requests that wait for a thread; empty in a servlet container, which
   * has its own threads.
   */
  public Optional<ThreadQueue> threadQueue() {
    return Optional.ofNullable(threadQueue);
  }
}
