package io.accesstokens.app;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes the resources that the producers opened, in reverse order.
 *
 * <p>CDI destroys its beans in no defined order. On Tomcat, CDI ends before the listeners of the
 * application. So producers register their resources here, and {@link Startup} closes them.
 */
@ApplicationScoped
public class OpenResources {

  private final Deque<Runnable> closing = new ArrayDeque<>();
  private volatile Runnable endWaits = () -> {};

  /** Registers an action for the end of the application. */
  public synchronized void onClose(Runnable action) {
    closing.push(action);
  }

  /**
   * Registers an action that sends the responses of all waiting requests, before the resources are
   * closed.
   */
  public void onLastAnswers(Runnable action) {
    endWaits = action;
  }

  /** Returns the action of {@link #onLastAnswers}. It can be run after CDI has ended. */
  public Runnable lastAnswers() {
    return () -> endWaits.run();
  }

  /** Returns an action that closes all resources. It can be run after CDI has ended. */
  public Runnable closer() {
    return this::close;
  }

  private synchronized void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }
}
