package io.accesstokens.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.ServletContext;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Facts of the servlet container for the producers. {@link Startup} sets them before it calls a
 * producer: CDI's own {@code ServletContext} is a bean of the request scope.
 */
@ApplicationScoped
public class ServletEnvironment {

  private volatile @Nullable Path baseDirectory;
  private volatile @Nullable URI loopbackUrl;

  void initialize(ServletContext context) {
    baseDirectory = Startup.baseDirectory(context);
    loopbackUrl = Startup.loopbackUrl(context);
  }

  /** Returns the directory to which relative paths of settings are relative. */
  public Path baseDirectory() {
    return Objects.requireNonNull(baseDirectory, "the application has not started");
  }

  /** Returns the address at which only this machine reaches the application. */
  public Optional<URI> loopbackUrl() {
    return Optional.ofNullable(loopbackUrl);
  }
}
