package io.accesstokens.it.library;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.server.RunningApplication;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * A Jakarta REST runtime in a separate class loader, whose parent is the platform class loader. The
 * loader has the runtime, the auth jar, the dependencies of the auth jar, and the example that uses
 * it. The loader has no other classes of this project. All applications of a test JVM share the
 * loader, because a runtime needs more time to load its classes than to serve a test.
 */
public enum HostRuntime {

  /** Jersey on Grizzly. */
  JERSEY,

  /** RESTEasy on Undertow. */
  RESTEASY;

  /** All dependencies of the auth jar besides the JDK. */
  public static final List<String> NEEDED_BY_AUTH_JAR =
      List.of(
          "jakarta.ws.rs.core.Application",
          "jakarta.annotation.Priority",
          "jakarta.json.Json",
          "org.eclipse.parsson.JsonProviderImpl",
          "com.github.benmanes.caffeine.cache.Cache");

  private static final List<String> JERSEY_LIBRARIES =
      List.of(
          "org.glassfish.jersey.CommonProperties",
          "org.glassfish.jersey.client.ClientConfig",
          "org.glassfish.jersey.server.ResourceConfig",
          "org.glassfish.jersey.grizzly2.httpserver.GrizzlyHttpServerFactory",
          "org.glassfish.grizzly.Grizzly",
          "org.glassfish.grizzly.http.HttpCodecFilter",
          "org.glassfish.grizzly.http.server.HttpServer",
          "org.glassfish.jersey.inject.hk2.Hk2InjectionManagerFactory",
          "org.glassfish.hk2.api.ServiceLocator",
          "org.jvnet.hk2.internal.ServiceLocatorImpl",
          "org.glassfish.hk2.utilities.reflection.Logger",
          "org.glassfish.hk2.osgiresourcelocator.ServiceLoader",
          "org.aopalliance.intercept.MethodInterceptor",
          "javassist.ClassPool",
          "jakarta.inject.Inject",
          "jakarta.validation.Validation",
          "jakarta.activation.DataSource",
          "jakarta.xml.bind.JAXBContext");

  /** Libraries that the project already has. The build copies the others into a folder. */
  private static final List<String> RESTEASY_LIBRARIES =
      List.of(
          "org.jboss.logging.Logger",
          "jakarta.servlet.Servlet",
          "jakarta.activation.DataSource",
          "jakarta.xml.bind.JAXBContext",
          "jakarta.validation.Validation");

  private static final String SERVER = "io.accesstokens.it.library.host.HostServer";

  private static final Map<HostRuntime, URLClassLoader> LOADERS = new EnumMap<>(HostRuntime.class);

  /** A running application. The caller must close it. */
  public record Running(Api api, Closeable server) implements Closeable {
    @Override
    public void close() throws IOException {
      // RESTEasy stops in a thread that it uses again for a later start.
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(server.getClass().getClassLoader());
      try {
        server.close();
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }

  /**
   * Serves an application on a free loopback port.
   *
   * @param application the name of a class whose constructor takes the settings, in {@code
   *     io.accesstokens.examples.protect} or {@code io.accesstokens.it.library.host}
   */
  public Running start(String application, Map<String, Object> settings) throws Exception {
    URLClassLoader loader = loader();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    int port = RunningApplication.freePort();
    try {
      Object server =
          loader
              .loadClass(SERVER)
              .getMethod("start", String.class, Map.class, int.class)
              .invoke(null, application, settings, port);
      awaitListening(port);
      Api api = new Api(URI.create("http://127.0.0.1:" + port), new Exchanges());
      return new Running(api, (Closeable) server);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private URLClassLoader loader() throws IOException {
    synchronized (LOADERS) {
      URLClassLoader loader = LOADERS.get(this);
      if (loader == null) {
        loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
        LOADERS.put(this, loader);
      }
      return loader;
    }
  }

  private static void awaitListening(int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  /** Returns the complete class path of a host with this runtime. */
  private URL[] classPath() throws IOException {
    List<Path> path = new ArrayList<>(authJarAlone());
    path.add(
        jar(
            "host",
            Path.of(locate("io.accesstokens.it.library.host.HostServer")),
            List.of("io/accesstokens/it/library/host")));
    path.add(Path.of(locate("io.accesstokens.examples.protect.CatalogApplication")));
    path.addAll(libraries());
    return urls(path);
  }

  /** Returns the libraries of the runtime, including a server. */
  public List<Path> libraries() throws IOException {
    List<Path> path = new ArrayList<>();
    switch (this) {
      case JERSEY -> JERSEY_LIBRARIES.forEach(className -> path.add(Path.of(locate(className))));
      case RESTEASY -> {
        RESTEASY_LIBRARIES.forEach(className -> path.add(Path.of(locate(className))));
        Path folder = Path.of(Objects.requireNonNull(System.getProperty("accesstokens.resteasy")));
        try (Stream<Path> jars = Files.list(folder)) {
          jars.filter(jar -> jar.toString().endsWith(".jar")).forEach(path::add);
        }
      }
    }
    return path;
  }

  /** Returns the auth jar and all its dependencies. */
  public static List<Path> authJarAlone() {
    List<Path> path = new ArrayList<>();
    path.add(Path.of(locate("io.accesstokens.auth.RequiresScope")));
    path.add(Path.of(locate("io.accesstokens.verify.RawToken")));
    NEEDED_BY_AUTH_JAR.forEach(className -> path.add(Path.of(locate(className))));
    return path;
  }

  /** Returns the paths as URLs. */
  public static URL[] urls(List<Path> path) throws MalformedURLException {
    URL[] urls = new URL[path.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = path.get(i).toUri().toURL();
    }
    return urls;
  }

  /** Returns the location from which a class of this class path is loaded. */
  private static URI locate(String name) {
    try {
      return Class.forName(name, false, HostRuntime.class.getClassLoader())
          .getProtectionDomain()
          .getCodeSource()
          .getLocation()
          .toURI();
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new IllegalStateException(name, e);
    }
  }

  private static Path jar(String name, Path classes, List<String> folders) throws IOException {
    Path jar = Files.createTempFile(name + '-', ".jar");
    jar.toFile().deleteOnExit();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String folder : folders) {
        try (Stream<Path> files = Files.walk(classes.resolve(folder))) {
          files.filter(Files::isRegularFile).forEach(file -> add(out, classes, file));
        }
      }
    }
    return jar;
  }

  private static void add(JarOutputStream out, Path classes, Path file) {
    try {
      out.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
      Files.copy(file, out);
      out.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
