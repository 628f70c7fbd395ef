package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.InvalidSettings;
import io.accesstokens.app.settings.SettingsLoader;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts and ends the application with its servlet context. */
public final class Startup implements ServletContextListener {

  /**
   * The servlet context's attribute that may hold a {@code Consumer<String>}: it is told why the
   * application does not start, one line a mistake, instead of the log. Types of the JDK, so that
   * class loaders do not matter.
   */
  public static final String REFUSAL_LISTENER = "io.accesstokens.startup.refusals";

  private static final Logger LOG = System.getLogger(Startup.class.getName());

  /** Held here, since CDI may have ended when this listener is told of the end. */
  private @Nullable Services services;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    try {
      Configuration configuration = SettingsLoader.ofProcess(Map.of()).load();
      configuration.warnings().forEach(line -> LOG.log(Level.WARNING, line));
      Services started = Services.start(configuration);
      services = started;
      Wiring.current().offer(started);
    } catch (InvalidSettings e) {
      throw refuse(event, new StartRefused(e.lines()));
    } catch (StartRefused e) {
      throw refuse(event, e);
    }
  }

  private static StartRefused refuse(ServletContextEvent event, StartRefused refused) {
    Object listener = event.getServletContext().getAttribute(REFUSAL_LISTENER);
    for (String line : refused.lines()) {
      if (listener instanceof Consumer<?> consumer) {
        tell(consumer, line);
      } else {
        LOG.log(Level.ERROR, line);
      }
    }
    return refused;
  }

  @SuppressWarnings("unchecked") // As the attribute's documentation asks for.
  private static void tell(Consumer<?> listener, String line) {
    ((Consumer<String>) listener).accept(line);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    Services running = services;
    if (running != null) {
      running.close();
      services = null;
    }
    deregisterDrivers();
  }

  /** JDBC drivers register themselves for the whole JVM, and would keep this class loader alive. */
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
