package io.accesstokens.container;

import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TomcatDeployments;
import io.accesstokens.testing.server.TomcatServer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.HTTPContext;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.arquillian.container.spi.client.protocol.metadata.Servlet;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jspecify.annotations.Nullable;

/**
 * Adapts an unpacked Tomcat to Arquillian: starts it, deploys by the manager application, and stops
 * it.
 */
public final class ManagedTomcat implements DeployableContainer<ManagedTomcatConfiguration> {

  /** The name of Arquillian's own servlet, which runs tests inside the server. */
  private static final String RUNNER = "ArquillianServletRunnerEE9";

  private @Nullable ManagedTomcatConfiguration configuration;
  private @Nullable RunningApplication tomcat;

  @Override
  public Class<ManagedTomcatConfiguration> getConfigurationClass() {
    return ManagedTomcatConfiguration.class;
  }

  @Override
  public void setup(ManagedTomcatConfiguration settings) {
    configuration = settings;
  }

  @Override
  public ProtocolDescription getDefaultProtocol() {
    return new ProtocolDescription("Servlet 5.0");
  }

  @Override
  public void start() throws LifecycleException {
    ManagedTomcatConfiguration settings = Objects.requireNonNull(configuration);
    TomcatServer server =
        TomcatServer.withoutApplication(settings.version())
            .withSystemProperty(
                "accessTokens.dataDir", settings.folder().resolve("data").toString());
    try {
      tomcat = RunningApplication.startServer(server, "/manager/text/list");
    } catch (IOException e) {
      throw new LifecycleException("Tomcat does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LifecycleException("interrupted", e);
    }
  }

  @Override
  public void stop() throws LifecycleException {
    try {
      Objects.requireNonNull(tomcat).stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LifecycleException("interrupted", e);
    }
  }

  @Override
  public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
    RunningApplication running = Objects.requireNonNull(tomcat);
    try (InputStream war = archive.as(ZipExporter.class).exportAsInputStream()) {
      new TomcatDeployments(running).deploy(war.readAllBytes());
    } catch (IOException e) {
      throw new DeploymentException("Tomcat does not deploy", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeploymentException("interrupted", e);
    }
    HTTPContext context = new HTTPContext("127.0.0.1", running.port());
    context.add(new Servlet(RUNNER, TomcatServer.CONTEXT_PATH));
    return new ProtocolMetaData().addContext(context);
  }

  @Override
  public void undeploy(Archive<?> archive) throws DeploymentException {
    try {
      new TomcatDeployments(Objects.requireNonNull(tomcat)).undeploy();
    } catch (IOException e) {
      throw new DeploymentException("Tomcat does not undeploy", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeploymentException("interrupted", e);
    }
  }
}
