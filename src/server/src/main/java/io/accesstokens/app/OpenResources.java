package io.accesstokens.app;

import jakarta.enterprise.context.ApplicationScoped;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Collects the resources that the CDI producers open, and closes the resources in reverse order. If
 * a resource cannot be closed, logs the exception and closes the other resources.
 *
 * <p>CDI destroys its beans in no defined order. On Tomcat, CDI ends before the container calls the
 * listeners of the application. Therefore, producers register their resources here, and {@link
 * Startup} closes the resources.
 */
@ApplicationScoped
public class OpenResources {

  private static final Logger LOG = System.getLogger(OpenResources.class.getName());

  private final Deque<Runnable> closeActions = new ArrayDeque<>();
  private volatile Runnable drain = () -> {};

  /** Registers an action that runs when the application ends. */
  public synchronized void onClose(Runnable action) {
    closeActions.push(action);
  }

  /**
   * Registers the action that ends the waits of requests for the end of leases. The action runs
   * before the resources are closed, only if requests are still running at that time, and only in
   * servers that announce the stop of the application.
   */
  public void onDrain(Runnable action) {
    drain = action;
  }

  /**
   * Returns the action that was registered with {@link #onDrain}. The action works even after CDI
   * has shut down.
   */
  public Runnable drainAction() {
    return () -> drain.run();
  }

  /**
   * Returns an action that closes all resources. The returned action works even after CDI has shut
   * down.
   */
  public Runnable closeAction() {
    return this::close;
  }

  private synchronized void close() {
    while (!closeActions.isEmpty()) {
      try {
        closeActions.pop().run();
      } catch (RuntimeException | Error e) { // the other resources must still be closed
        LOG.log(
            Level.WARNING,
            "a part of the application failed to stop; the other parts are stopped",
            e);
      }
    }
  }
}
