package io.accesstokens.app;

import io.accesstokens.app.logging.DisconnectLogFilter;
import io.accesstokens.app.logging.LogFormat;
import io.accesstokens.app.logging.TraceIdHandler;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings;
import io.accesstokens.store.jdbc.DatabaseErrorMessages;
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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the application when the container initializes the servlet context, and stops the
 * application when the container destroys the context.
 */
public final class Startup implements ServletContextListener {

  /**
   * Name of an optional servlet context attribute of type {@code Consumer<String>}. If a {@link
   * StartupException} prevents the start, the consumer receives its lines, one for each error.
   * Without the attribute, the lines are logged.
   */
  public static final String REFUSAL_LISTENER = "io.accesstokens.startup.refusals";

  /**
   * Name of an optional servlet context attribute of type {@link Configuration}. The server of
   * {@code java -jar} has already read the settings, and sets this attribute. A second read of the
   * settings file could return other contents, because the file can have changed or can be a pipe.
   * Without the attribute, the application reads the settings.
   */
  public static final String CONFIGURATION = "io.accesstokens.startup.configuration";

  /**
   * Name of an optional servlet context attribute of type {@code Supplier<String>}. The supplier
   * returns a loopback URL of the application, which only clients on the same machine can use. The
   * application uses this URL as its base URL if no public URL is configured.
   */
  public static final String LOOPBACK_URL = "io.accesstokens.startup.loopbackUrl";

  /**
   * Name of an optional servlet context attribute of type {@code Boolean}. True means that the
   * server of {@code java -jar} writes the trace id to each log line. Otherwise, the application
   * appends the id to its own log lines.
   */
  public static final String LOG_HAS_TRACE_IDS = "io.accesstokens.startup.logHasTraceIds";

  /**
   * Name of an optional servlet context attribute of type {@code BooleanSupplier}. The supplier
   * returns true if the server is about to stop. The readiness check then fails.
   */
  public static final String STOPPING = "io.accesstokens.startup.stopping";

  /**
   * Name of an optional servlet context attribute of type {@code NotificationEmitter}. The emitter
   * sends the notifications of JSR 77 about the application. Without the attribute, the application
   * searches for the MBean that Tomcat registers.
   */
  public static final String LIFECYCLE_EVENTS = "io.accesstokens.startup.lifecycleEvents";

  /**
   * Name of an optional servlet context attribute of type {@code Supplier<Instant>}. The supplier
   * returns the instant at which the TLS certificate of the server expires.
   */
  public static final String CERTIFICATE_EXPIRY = "io.accesstokens.startup.certificateExpiry";

  /**
   * Name of an optional servlet context attribute of type {@code BooleanSupplier}. The supplier
   * returns false if the files of the TLS certificate have changed and cannot be used. The server
   * then still uses the previous certificate.
   */
  public static final String CERTIFICATE_USABLE = "io.accesstokens.startup.certificateUsable";

  /**
   * Name of an optional servlet context attribute of type {@link ThreadQueue}. The application
   * publishes metrics of this queue, which contains the requests that wait for a thread of the
   * server.
   */
  public static final String THREAD_QUEUE = "io.accesstokens.startup.threadQueue";

  /**
   * Prefix of the system properties that identify Payara Micro. On Payara Micro, relative paths are
   * resolved against the working directory, as with {@code java -jar}. The instance directory is
   * not suitable, because Payara Micro deletes this directory by default when the process ends.
   */
  private static final String PAYARA_MICRO = "fish.payara.micro.";

  /**
   * Names of the system properties that contain the directory of the running server instance. The
   * first property belongs to Payara Server, and the second property to Tomcat.
   */
  private static final List<String> INSTANCE_DIRECTORIES =
      List.of("com.sun.aas.instanceRoot", "catalina.base");

  private static final Logger LOG = System.getLogger(Startup.class.getName());

  private @Inject @Nullable Instance<Configuration> configuration;
  private @Inject @Nullable Instance<BackgroundWork> background;

  /** The action that closes all resources. The action works even after CDI has ended. */
  private Runnable closeAction = () -> {};

  private @Inject @Nullable ServletEnvironment environment;
  private @Nullable TraceIdHandler traceIdHandler;
  private @Nullable DisconnectLogFilter disconnectLogFilter;

  @Inject
  void configure(OpenResources resources) {
    closeAction = resources.closeAction();
  }

  @Override
  public void contextInitialized(ServletContextEvent event) {
    connectLog(event.getServletContext());
    try {
      requireApi(event.getServletContext());
      Objects.requireNonNull(environment).initialize(event.getServletContext());
      Configuration loaded = Objects.requireNonNull(configuration).get();
      loaded.warnings().forEach(line -> LOG.log(Level.WARNING, line));
      // The bean depends on almost all beans that open resources, so this call creates these beans.
      var unused = Objects.requireNonNull(background).get();
      if (!isOwnServer(event.getServletContext())) {
        warnOfUnusedLogSettings(loaded.settings().log());
        announce(event.getServletContext(), loaded);
      }
      if (traceIdHandler != null) {
        disconnectLogFilter = DisconnectLogFilter.install();
      }
    } catch (StartupException e) {
      closeAction.run();
      throw refuse(event, e);
    } catch (RuntimeException e) {
      closeAction.run();
      Optional<String> refusedWrite = DatabaseErrorMessages.refusedWrite(e);
      if (refusedWrite.isPresent()) {
        throw refuse(event, new StartupException(refusedWrite.get(), e));
      }
      throw e;
    }
  }

  /**
   * Throws an exception if the server has not found the HTTP API. The server finds the API only if
   * it scans the jar of this class for Jakarta REST applications. Otherwise, the servlet of the API
   * has no class.
   */
  private static void requireApi(ServletContext context) {
    boolean found =
        context.getServletRegistrations().values().stream()
            .filter(servlet -> servlet.getMappings().contains("/api/*"))
            .anyMatch(servlet -> servlet.getClassName() != null);
    if (!found) {
      throw new StartupException(
          "the server did not find the HTTP API: it must scan access-tokens-server-*.jar for"
              + " Jakarta REST applications; on Tomcat, JarScanFilter in the context descriptor"
              + " needs pluggabilityScan=\"access-tokens-server-*.jar\"");
    }
  }

  private void connectLog(ServletContext context) {
    if (!Boolean.TRUE.equals(context.getAttribute(LOG_HAS_TRACE_IDS))) {
      traceIdHandler = TraceIdHandler.install();
    }
  }

  static @Nullable URI loopbackUrl(ServletContext context) {
    return context.getAttribute(LOOPBACK_URL) instanceof Supplier<?> supplier
        ? URI.create(String.valueOf(supplier.get()))
        : null;
  }

  /**
   * Returns true if the application runs in the server of {@code java -jar}. That server prints the
   * startup messages to standard output.
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
    LOG.log(Level.INFO, SampleUsersGuard.howToSignIn(configuration));
    LOG.log(Level.INFO, DataDirectory.dataLocation(configuration));
  }

  private static void warnOfUnusedLogSettings(Settings.Log settings) {
    if (settings.format() != LogFormat.TEXT || settings.levels().isPresent() || settings.access()) {
      LOG.log(
          Level.WARNING,
          "accessTokens.log applies to java -jar only and has no effect here; configure the log of"
              + " the servlet container");
    }
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
    closeAction.run();
    if (traceIdHandler != null) {
      traceIdHandler.close();
    }
    if (disconnectLogFilter != null) {
      disconnectLogFilter.close();
    }
    // During the first call, DriverManager compares the drivers. The comparison loads the driver
    // class again, and the class registers its driver again. Therefore a second call is necessary.
    deregisterDrivers();
    deregisterDrivers();
    if (!isOwnServer(event.getServletContext())) {
      RecordLeakWorkaround.forget();
    }
  }

  /**
   * Removes the JDBC drivers of this application from the list of drivers of the whole JVM. A
   * registered driver would keep the class loader of this application in memory.
   */
  private static void deregisterDrivers() {
    ClassLoader own = Startup.class.getClassLoader();
    for (Driver driver : Collections.list(DriverManager.getDrivers())) {
      if (driver.getClass().getClassLoader() == own) {
        try {
          DriverManager.deregisterDriver(driver);
        } catch (SQLException e) {
          LOG.log(
              Level.WARNING,
              "a JDBC driver stays registered, so the stopped application stays in memory until"
                  + " the servlet container restarts",
              e);
        }
      }
    }
  }
}
