package io.accesstokens.app.logging;

import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Removes the log lines about clients that disconnect before they have read the response. Jersey
 * logs the stack traces of each such client as two errors. Clients can cause any number of them.
 *
 * <p>The server of {@code java -jar} has its own filter. This class is for the servlet containers
 * of operators.
 */
public final class DisconnectFilter
    implements Filter, BiConsumer<Filter, @Nullable Filter>, AutoCloseable {

  static final String LOGGER = "org.glassfish.jersey.server.ServerRuntime$Responder";

  private static final String PRODUCT = "io.accesstokens.";

  private static final int MAX_CAUSES = 20;

  private final Logger logger;
  private volatile @Nullable Filter former;

  private DisconnectFilter(Logger logger) {
    this.logger = logger;
    this.former = logger.getFilter();
  }

  /** Adds a new filter to Jersey's logger. {@link #close} removes the filter. */
  public static DisconnectFilter install() {
    DisconnectFilter filter = new DisconnectFilter(Logger.getLogger(LOGGER));
    filter.logger.setFilter(filter);
    return filter;
  }

  /**
   * Returns false if the record has an {@link IOException} of the container, from a thread of this
   * application. Another exception of this product can have an {@code IOException} as its cause,
   * for example if the database fails during an export.
   */
  @Override
  public boolean isLoggable(LogRecord entry) {
    Throwable cause = isOfThisApplication() ? entry.getThrown() : null;
    for (int i = 0; cause != null && i < MAX_CAUSES && !isOfProduct(cause); i++) {
      if (cause instanceof IOException) {
        return false;
      }
      cause = cause.getCause();
    }
    Filter next = former;
    return next == null || next.isLoggable(entry);
  }

  private static boolean isOfProduct(Throwable e) {
    return e.getClass().getName().startsWith(PRODUCT);
  }

  /** On Payara, the applications share the loggers of Jersey. */
  private static boolean isOfThisApplication() {
    return Thread.currentThread().getContextClassLoader()
        == DisconnectFilter.class.getClassLoader();
  }

  /**
   * Replaces a filter that was added before this one. The filter of another copy of this
   * application has another class loader, so it knows this filter by types of the JDK only.
   */
  @Override
  public void accept(Filter removed, @Nullable Filter replacement) {
    Filter next = former;
    if (next == removed) {
      former = replacement;
    } else {
      remove(next, removed, replacement);
    }
  }

  @SuppressWarnings("unchecked") // only this class implements both types
  private static void remove(@Nullable Filter from, Filter removed, @Nullable Filter replacement) {
    if (from instanceof BiConsumer<?, ?> chain) {
      ((BiConsumer<Filter, @Nullable Filter>) chain).accept(removed, replacement);
    }
  }

  /** Removes this filter from its logger. */
  @Override
  public void close() {
    Filter top = logger.getFilter();
    if (top == this) {
      logger.setFilter(former);
    } else {
      remove(top, this, former);
    }
  }
}
