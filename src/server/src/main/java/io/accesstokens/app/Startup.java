package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.token.revocation.BackgroundWork;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts and stops the application with its servlet context. */
public final class Startup implements ServletContextListener {

  /**
   * Names the servlet context attribute for an optional {@code Consumer<String>}. It receives the
   * reasons why the application does not start, one line per mistake, instead of the log. It is a
   * JDK type, so that it works across class loaders.
   */
  public static final String REFUSAL_LISTENER = "io.accesstokens.startup.refusals";

  /**
   * Names the servlet context attribute for an optional {@code Supplier<String>}. It returns the
   * URL at which only this machine reaches the application. The application uses this URL as its
   * own address if no public URL is configured.
   */
  public static final String LOOPBACK_URL = "io.accesstokens.startup.loopbackUrl";

  /**
   * The prefix of the system properties of Payara Micro. It runs like {@code java -jar}, and its
   * instance directory is by default temporary and deleted at the end. So relative paths are
   * relative to the working directory, as with {@code java -jar}.
   */
  private static final String PAYARA_MICRO = "fish.payara.micro.";

  /**
   * The system properties for the directory of the running server instance: first of Payara Server,
   * then of Tomcat.
   */
  private static final List<String> INSTANCE_DIRECTORIES =
      List.of("com.sun.aas.instanceRoot", "catalina.base");

  private static final Logger LOG = System.getLogger(Startup.class.getName());

  private @Inject @Nullable Instance<Configuration> configuration;
  private @Inject @Nullable Instance<BackgroundWork> background;

  /** Works after CDI has ended. */
  private Runnable closer = () -> {};

  private @Inject @Nullable ServletEnvironment environment;

  @Inject
  void configure(OpenResources resources) {
    closer = resources.closer();
  }

  @Override
  public void contextInitialized(ServletContextEvent event) {
    try {
      Objects.requireNonNull(environment).initialize(event.getServletContext());
      Configuration loaded = Objects.requireNonNull(configuration).get();
      loaded.warnings().forEach(line -> LOG.log(Level.WARNING, line));
      // It depends on all beans that open resources, so this creates them.
      var unused = Objects.requireNonNull(background).get();
      if (!isOwnServer(event.getServletContext())) {
        announce(event.getServletContext(), loaded);
      }
    } catch (StartupException e) {
      closer.run();
      throw refuse(event, e);
    } catch (RuntimeException e) {
      closer.run();
      throw e;
    }
  }

  static @Nullable URI loopbackUrl(ServletContext context) {
    return context.getAttribute(LOOPBACK_URL) instanceof Supplier<?> supplier
        ? URI.create(String.valueOf(supplier.get()))
        : null;
  }

  /**
   * Returns true if the server is {@code java -jar}, which prints its messages to standard output.
   */
  public static boolean isOwnServer(ServletContext context) {
    return context.getAttribute(REFUSAL_LISTENER) != null;
  }

  static Path baseDirectory(ServletContext context) {
    if (!isOwnServer(context) && !isPayaraMicro()) {
      for (String property : INSTANCE_DIRECTORIES) {
        String directory = System.getProperty(property, "");
        if (!directory.isBlank()) {
          return Path.of(directory);
        }
      }
    }
    return Path.of("");
  }

  private static boolean isPayaraMicro() {
    return System.getProperties().stringPropertyNames().stream()
        .anyMatch(name -> name.startsWith(PAYARA_MICRO));
  }

  private static void announce(ServletContext context, Configuration configuration) {
    String path = context.getContextPath();
    LOG.log(
        Level.INFO,
        "access-tokens {0} is ready below {1}",
        ProductVersion.text(),
        path.isEmpty() ? "/" : path);
    LOG.log(Level.INFO, SamplePeopleGuard.howToSignIn(configuration));
    LOG.log(Level.INFO, DataDirectory.whereTheDataLies(configuration));
  }

  private static StartupException refuse(ServletContextEvent event, StartupException refused) {
    Object listener = event.getServletContext().getAttribute(REFUSAL_LISTENER);
    for (String line : refused.lines()) {
      if (listener instanceof Consumer<?> consumer) {
        report(consumer, line);
      } else {
        LOG.log(Level.ERROR, line);
      }
    }
    return refused;
  }

  @SuppressWarnings("unchecked") // the documentation of the attribute requires this type
  private static void report(Consumer<?> listener, String line) {
    ((Consumer<String>) listener).accept(line);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    closer.run();
    // Called twice: while DriverManager lists the drivers, the JDK loads our class of the same name
    // for comparison, which registers our driver again.
    deregisterDrivers();
    deregisterDrivers();
    if (!isOwnServer(event.getServletContext())) {
      RecordLeakWorkaround.forget();
    }
  }

  /**
   * Removes the JDBC drivers of this application. They are registered for the whole JVM, and would
   * keep this class loader in memory.
   */
  private static void deregisterDrivers() {
    ClassLoader own = Startup.class.getClassLoader();
    for (Driver driver : Collections.list(DriverManager.getDrivers())) {
      if (driver.getClass().getClassLoader() == own) {
        try {
          DriverManager.deregisterDriver(driver);
        } catch (SQLException e) {
          LOG.log(Level.WARNING, "a JDBC driver stays registered", e);
        }
      }
    }
  }
}
