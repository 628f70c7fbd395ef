package io.accesstokens.app.web;

import io.accesstokens.app.OpenResources;
import io.accesstokens.app.Startup;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Delays the stop of the application until running requests have their responses.
 *
 * <p>Tomcat waits only two seconds for running requests, and then stops the application. If a
 * request ends within these two seconds, Tomcat does not call the request listeners. Thread-local
 * state of the request then stays in the thread.
 *
 * <p>Before the two seconds, Tomcat sends the notification {@value #STOPPING} (JSR 77) in the
 * thread that stops the application. No new request can arrive at that time. This class blocks the
 * thread until the running requests have ended.
 *
 * <p>Without this notification, this class has no effect. In the server of {@code java -jar}, the
 * delay is zero, because that server has already waited for the running requests.
 */
public final class RequestsInFlight implements ServletContextListener, ServletRequestListener {

  private static final Logger LOG = System.getLogger(RequestsInFlight.class.getName());

  private static final String STOPPING = "j2ee.state.stopping";

  /** Maximum wait for running requests. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Maximum wait for the responses of suspended requests when the application stops. */
  private static final Duration LAST_RESPONSES_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration STEP = Duration.ofMillis(10);

  private final AtomicInteger inFlight = new AtomicInteger();
  private final NotificationListener listener =
      (notification, handback) -> {
        if (STOPPING.equals(notification.getType())) {
          awaitEnd();
        }
      };
  private Duration timeout = TIMEOUT;
  private Runnable drain = () -> {};
  private @Nullable NotificationEmitter context;

  @Inject
  void configure(OpenResources resources) {
    drain = resources.drainAction();
  }

  @Override
  public void contextInitialized(ServletContextEvent event) {
    timeout = Startup.isOwnServer(event.getServletContext()) ? Duration.ZERO : TIMEOUT;
    NotificationEmitter found = find(event.getServletContext());
    if (found != null) {
      found.addNotificationListener(listener, null, null);
      context = found;
    }
  }

  /**
   * Returns the emitter of the notifications about the application, from an attribute or from
   * Tomcat's MBean; null if there is no emitter.
   */
  private static @Nullable NotificationEmitter find(ServletContext context) {
    if (context.getAttribute(Startup.LIFECYCLE_EVENTS) instanceof NotificationEmitter emitter) {
      return emitter;
    }
    // On Tomcat, this is the name of the engine and the name of the host.
    String server = context.getVirtualServerName();
    int slash = server.lastIndexOf('/');
    String domain = slash < 0 ? "*" : server.substring(0, slash);
    String host = server.substring(slash + 1);
    String path = context.getContextPath();
    String version =
        Objects.toString(context.getAttribute("org.apache.catalina.webappVersion"), "");
    String name = "//" + host + (path.isEmpty() ? "/" : path);
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName pattern =
          new ObjectName(
              domain
                  + ":j2eeType=WebModule,name="
                  + name
                  + (version.isEmpty() ? "" : "##" + version)
                  + ",*");
      for (ObjectName bean : beans.queryNames(pattern, null)) {
        if (beans.getAttribute(bean, "managedResource") instanceof NotificationEmitter emitter) {
          return emitter;
        }
      }
    } catch (JMException e) {
      LOG.log(Level.DEBUG, "the server does not report when it stops the application", e);
    }
    return null;
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    NotificationEmitter found = context;
    context = null;
    if (found != null) {
      try {
        found.removeNotificationListener(listener);
      } catch (JMException e) {
        LOG.log(Level.DEBUG, "removed already", e);
      }
    }
  }

  @Override
  public void requestInitialized(ServletRequestEvent event) {
    inFlight.incrementAndGet();
  }

  @Override
  public void requestDestroyed(ServletRequestEvent event) {
    inFlight.decrementAndGet();
  }

  private void awaitEnd() {
    await(timeout);
    int left = inFlight.get();
    if (left > 0) {
      LOG.log(
          Level.WARNING,
          "the application stops, although {0} requests are still running",
          String.valueOf(left));
      // The responses are sent now, because Tomcat responds to suspended requests with 500 after
      // the stop of the application.
      drain.run();
      await(LAST_RESPONSES_TIMEOUT);
    }
  }

  private void await(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    try {
      while (inFlight.get() > 0 && System.nanoTime() - end < 0) {
        Thread.sleep(STEP.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
