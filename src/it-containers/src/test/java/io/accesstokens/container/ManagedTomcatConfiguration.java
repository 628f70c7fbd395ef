package io.accesstokens.container;

import io.accesstokens.testing.server.TomcatServer;
import java.nio.file.Path;
import org.jboss.arquillian.container.spi.ConfigurationException;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link ManagedTomcat} in {@code arquillian.xml}; Arquillian calls the setters.
 */
public final class ManagedTomcatConfiguration implements ContainerConfiguration {

  private TomcatServer.@Nullable Version version;
  private @Nullable Path folder;

  /** Sets the name of a {@link TomcatServer.Version}. */
  public void setVersion(String name) {
    version = TomcatServer.Version.valueOf(name);
  }

  /** Sets the folder in which the application keeps its data, in {@code data}. */
  public void setFolder(String name) {
    folder = Path.of(name);
  }

  TomcatServer.Version version() {
    if (version == null) {
      throw new ConfigurationException("version is missing");
    }
    return version;
  }

  Path folder() {
    if (folder == null) {
      throw new ConfigurationException("folder is missing");
    }
    return folder;
  }

  @Override
  public void validate() {
    version();
    folder();
  }
}
