package io.accesstokens.app.logging;

import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Removes unwanted log records of this application from a logger. On Payara, the applications share
 * the loggers of the server and of its libraries. This filter never removes a record of another
 * application. The filter that the logger had before stays in use.
 */
public final class ApplicationLogFilter
    implements Filter, BiConsumer<Filter, @Nullable Filter>, AutoCloseable {

  private final Logger logger;
  private final Predicate<LogRecord> unwanted;
  private volatile @Nullable Filter former;

  private ApplicationLogFilter(Logger logger, Predicate<LogRecord> unwanted) {
    this.logger = logger;
    this.unwanted = unwanted;
    this.former = logger.getFilter();
  }

  /** Adds a new filter to a logger. {@link #close} removes the filter. */
  public static ApplicationLogFilter install(Logger logger, Predicate<LogRecord> unwanted) {
    ApplicationLogFilter filter = new ApplicationLogFilter(logger, unwanted);
    logger.setFilter(filter);
    return filter;
  }

  @Override
  public boolean isLoggable(LogRecord entry) {
    if (isOfThisApplication() && unwanted.test(entry)) {
      return false;
    }
    Filter next = former;
    return next == null || next.isLoggable(entry);
  }

  /**
   * Returns true if the calling thread runs code of this application. Also considers the parents of
   * the thread's class loader: in the server of {@code java -jar}, a parent loads the classes of
   * the application.
   */
  private static boolean isOfThisApplication() {
    ClassLoader own = ApplicationLogFilter.class.getClassLoader();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    while (loader != null && loader != own) {
      loader = loader.getParent();
    }
    return loader == own;
  }

  /**
   * Removes or replaces a filter in the chain of filters that the logger had before this filter.
   * The caller can be the filter of another copy of this application. The class loaders of the two
   * copies share only the types of the JDK. Therefore, this method belongs to an interface of the
   * JDK.
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
