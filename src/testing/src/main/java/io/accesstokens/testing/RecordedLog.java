package io.accesstokens.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Records the log entries of a class or logger until {@link #close}. Each entry is a string, which
 * begins with the level, such as {@code WARNING}.
 */
public final class RecordedLog implements AutoCloseable {

  private final Logger logger;
  private final @Nullable Level level;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AtomicBoolean failing = new AtomicBoolean();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (failing.compareAndSet(true, false)) {
            throw new IllegalStateException("no space left on device");
          }
          lines.add(entry.getLevel() + " " + new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  public RecordedLog(Class<?> of) {
    this(of.getName());
  }

  /** Records the log entries of a logger. */
  public RecordedLog(String name) {
    logger = Logger.getLogger(name);
    level = logger.getLevel();
    logger.setLevel(Level.ALL);
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  /** Lets the logger throw an exception for the next entry, as if the disk were full. */
  public void failOnce() {
    failing.set(true);
  }

  /**
   * Returns true if the logger will throw the exception of {@link #failOnce} for the next entry.
   */
  public boolean isFailing() {
    return failing.get();
  }

  public List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
    logger.setLevel(level);
  }
}
