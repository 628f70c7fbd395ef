package io.accesstokens.it.library.host;

import jakarta.ws.rs.SeBootstrap;
import jakarta.ws.rs.core.Application;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** Serves an application with the runtime of its class loader. */
public final class HostServer {

  private HostServer() {}

  /**
   * Starts a server.
   *
   * @param application the name of a class whose constructor takes the settings
   * @param port the port on the loopback interface
   * @return stops the server when closed
   */
  public static Closeable start(String application, Map<String, Object> settings, int port)
      throws ReflectiveOperationException {
    Application instance =
        Class.forName(application)
            .asSubclass(Application.class)
            .getConstructor(Map.class)
            .newInstance(settings);
    SeBootstrap.Instance server =
        SeBootstrap.start(
                instance,
                SeBootstrap.Configuration.builder()
                    .host("127.0.0.1")
                    .port(port)
                    .rootPath("/")
                    .build())
            .toCompletableFuture()
            .join();
    return () -> {
      server.stop().toCompletableFuture().join();
      if (instance instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
    };
  }
}
