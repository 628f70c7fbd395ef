package io.accesstokens.app;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes what the producers opened, in reverse order.
 *
 * <p>CDI destroys its beans in no defined order, and on Tomcat it has ended before the listeners of
 * the application. So producers register what they open here, and {@link Startup} closes it.
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
   * Registers an action that answers the requests which still wait, before everything is closed.
   */
  public void onLastAnswers(Runnable action) {
    endWaits = action;
  }

  /** Returns what answers the requests which still wait, and works after CDI has ended. */
  public Runnable lastAnswers() {
    return () -> endWaits.run();
  }

  /** Returns what closes everything, and works after CDI has ended. */
  public Runnable closer() {
    return this::close;
  }

  private synchronized void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }
}
