package io.accesstokens.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.ServletContext;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Provides the base directory and the loopback URL to the producers. {@link Startup} sets both
 * values before it calls a producer. Producers cannot use CDI's own {@code ServletContext}, because
 * that bean belongs to the request scope.
 */
@ApplicationScoped
public class ServletEnvironment {

  private volatile @Nullable Path baseDirectory;
  private volatile @Nullable URI loopbackUrl;

  void initialize(ServletContext context) {
    baseDirectory = Startup.baseDirectory(context);
    loopbackUrl = Startup.loopbackUrl(context);
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
}
