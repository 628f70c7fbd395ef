package io.accesstokens.app;

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
 * Lets requests that are being answered end before the application does.
 *
 * <p>Tomcat by itself waits two seconds and then takes everything away; and those that end in time
 * do so without its listeners, so that what they keep in the thread stays there. Before any of that
 * it says that it is about to stop the application ({@value #STOPPING}, JSR 77), in the thread that
 * stops it, when no new request can come any more. That is where this class waits.
 *
 * <p>Where nobody says so, nothing is waited for. Nor is it in the server of {@code java -jar},
 * which has waited as long itself: one that is asked to end is killed after a while, and has more
 * to do.
 */
public final class RequestsInFlight implements ServletContextListener, ServletRequestListener {

  private static final Logger LOG = System.getLogger(RequestsInFlight.class.getName());

  private static final String STOPPING = "j2ee.state.stopping";

  /** Longer than the answer to any request should take. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** The longest time for responses that report the end. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  private static final Duration STEP = Duration.ofMillis(10);

  private final AtomicInteger inFlight = new AtomicInteger();
  private final NotificationListener listener =
      (notification, handback) -> {
        if (STOPPING.equals(notification.getType())) {
          awaitEnd();
        }
      };
  private Duration patience = PATIENCE;
  private Runnable endWaits = () -> {};
  private @Nullable NotificationEmitter context;

  @Inject
  void configure(OpenResources resources) {
    endWaits = resources.waitEnder();
  }

  @Override
  public void contextInitialized(ServletContextEvent event) {
    patience = Startup.isOwnServer(event.getServletContext()) ? Duration.ZERO : PATIENCE;
    NotificationEmitter found = find(event.getServletContext());
    if (found != null) {
      found.addNotificationListener(listener, null, null);
      context = found;
    }
  }

  /** Tomcat's own object for the context, which its MBean gives away. */
  private static @Nullable NotificationEmitter find(ServletContext context) {
    String server = context.getVirtualServerName();
    String host = server.substring(server.lastIndexOf('/') + 1);
    String path = context.getContextPath();
    String version =
        Objects.toString(context.getAttribute("org.apache.catalina.webappVersion"), "");
    String name = "//" + host + (path.isEmpty() ? "/" : path);
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName pattern =
          new ObjectName(
              "*:j2eeType=WebModule,name="
                  + name
                  + (version.isEmpty() ? "" : "##" + version)
                  + ",*");
      for (ObjectName bean : beans.queryNames(pattern, null)) {
        if (beans.getAttribute(bean, "managedResource") instanceof NotificationEmitter emitter) {
          return emitter;
        }
      }
    } catch (JMException e) {
      LOG.log(Level.DEBUG, "the server does not say when it stops the application", e);
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
    await(patience);
    int left = inFlight.get();
    if (left > 0) {
      LOG.log(Level.WARNING, "requests that are cut off by the end of the application: {0}", left);
      // Now, because Tomcat answers suspended requests with 500 once the application is stopping.
      endWaits.run();
      await(LAST_ANSWERS);
    }
  }

  private void await(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    try {
      while (inFlight.get() > 0 && System.nanoTime() < end) {
        Thread.sleep(STEP.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
