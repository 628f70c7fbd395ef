package io.accesstokens.app.logging;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Removes the log lines about clients that disconnect before they have sent the request or read the
 * response. For each of these clients, Jersey and Payara log up to three errors with stack traces.
 * Clients can cause any number of these errors.
 *
 * <p>This class is for servlet containers. The server of {@code java -jar} has its own filter.
 */
public final class DisconnectLogFilter implements AutoCloseable {

  static final String JERSEY = "org.glassfish.jersey.server.ServerRuntime$Responder";

  /**
   * Names of the loggers with which Payara logs an exception that leaves a servlet or an error
   * page.
   */
  static final List<String> PAYARA =
      List.of("jakarta.enterprise.web", "jakarta.enterprise.web.core");

  private static final String PRODUCT = "io.accesstokens.";

  /**
   * Matches a stack trace whose first methods are methods of the JDK, followed by a method of
   * Payara's code for connections.
   */
  private static final Pattern PAYARA_DISCONNECT =
      Pattern.compile(
          "\\Rjava\\.(?:io|net|nio\\.channels)\\.\\w+Exception(?:: .*+)?+\\R"
              + "(?:\\tat (?:java\\.base/)?+(?:java|sun)\\..*+\\R)*+"
              + "\\tat org\\.glassfish\\.grizzly\\.");

  private static final int MAX_CAUSES = 20;

  private final List<ApplicationLogFilter> filters =
      List.of(
          ApplicationLogFilter.install(
              Logger.getLogger(JERSEY), entry -> isCausedByConnection(entry.getThrown())),
          ApplicationLogFilter.install(
              Logger.getLogger(PAYARA.get(0)), DisconnectLogFilter::isOfConnection),
          ApplicationLogFilter.install(
              Logger.getLogger(PAYARA.get(1)), DisconnectLogFilter::isOfConnection));

  private DisconnectLogFilter() {}

  /** Adds filters to the loggers. {@link #close} removes the filters. */
  public static DisconnectLogFilter install() {
    return new DisconnectLogFilter();
  }

  /**
   * Returns true if an exception in Jersey was caused by an {@link IOException} of the container.
   * Returns false for an {@code IOException} that is the cause of an exception of this product, for
   * example if the database fails during an export.
   */
  private static boolean isCausedByConnection(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < MAX_CAUSES && !isOfProduct(cause); i++) {
      if (cause instanceof IOException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isOfProduct(Throwable e) {
    return e.getClass().getName().startsWith(PRODUCT);
  }

  /**
   * Returns true if Payara's code for connections has thrown an {@link IOException}. Payara writes
   * some stack traces into the message.
   */
  private static boolean isOfConnection(LogRecord entry) {
    StringWriter text = new StringWriter().append(entry.getMessage());
    Throwable thrown = entry.getThrown();
    if (thrown != null) {
      PrintWriter writer = new PrintWriter(text.append('\n'));
      thrown.printStackTrace(writer);
      writer.flush();
    }
    return PAYARA_DISCONNECT.matcher(text.getBuffer()).find();
  }

  @Override
  public void close() {
    filters.forEach(ApplicationLogFilter::close);
  }
}
