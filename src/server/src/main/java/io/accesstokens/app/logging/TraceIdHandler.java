package io.accesstokens.app.logging;

import io.accesstokens.http.problem.TraceContext;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Appends the trace id to the log lines of this application if the servlet container writes the
 * log. This handler only changes the message of a log record. It writes no line, and changes no
 * handler, level or format of the container.
 *
 * <p>The logger of this application calls this handler before it calls the handlers of the
 * container. These handlers then write the changed message. Lines of the logger {@code audit}
 * already contain the trace id as a JSON member.
 */
public final class TraceIdHandler extends Handler {

  /** Name of the parent logger of all loggers of this application, except {@code audit}. */
  private static final String LOGGER = "io.accesstokens";

  private final Logger logger;

  private TraceIdHandler(Logger logger) {
    this.logger = logger;
  }

  /** Adds a new handler to the logger of this application. {@link #close} removes the handler. */
  public static TraceIdHandler install() {
    TraceIdHandler handler = new TraceIdHandler(Logger.getLogger(LOGGER));
    handler.logger.addHandler(handler);
    return handler;
  }

  @Override
  public void publish(LogRecord entry) {
    String id = TraceContext.currentId();
    String message = entry.getMessage();
    if (id != null && message != null) {
      // The id has no character that is special in a message format.
      entry.setMessage(message + " traceId=" + id);
    }
  }

  @Override
  public void flush() {}

  /** Removes this handler from its logger. */
  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
