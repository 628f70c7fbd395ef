package io.accesstokens.http.problem;

import org.jspecify.annotations.Nullable;

/**
 * The trace id of the request that the current thread processes. Log lines and problem documents
 * contain this id. The id must not be a reason to trust a request, because a caller can choose the
 * id.
 *
 * <p>The id belongs to a thread. Code that continues a request in another thread carries the id
 * with {@link #carry}. Thread-safe.
 */
public final class TraceContext {

  private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

  private TraceContext() {}

  /** A period in which a thread has a trace id. {@link #close} ends the period. */
  @FunctionalInterface
  public interface Scope {

    /** Restores the trace id that the thread had before. */
    void close();
  }

  /** Returns the trace id of the current thread; null if the thread processes no request. */
  public static @Nullable String currentId() {
    return CURRENT.get();
  }

  /**
   * Sets the trace id of the current thread until the returned scope is closed. The same thread
   * must close the scope.
   *
   * @param id the trace id; null if there is none
   */
  public static Scope open(@Nullable String id) {
    String before = CURRENT.get();
    set(id);
    return () -> set(before);
  }

  /** Returns an action that runs with the trace id that the calling thread has now. */
  public static Runnable carry(Runnable action) {
    String id = CURRENT.get();
    return () -> {
      Scope scope = open(id);
      try {
        action.run();
      } finally {
        scope.close();
      }
    };
  }

  private static void set(@Nullable String id) {
    if (id == null) {
      CURRENT.remove(); // a pooled thread must not keep an entry
    } else {
      CURRENT.set(id);
    }
  }
}
