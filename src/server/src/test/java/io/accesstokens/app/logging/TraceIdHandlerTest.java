package io.accesstokens.app.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.http.problem.TraceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class TraceIdHandlerTest {

  private static final Logger LOG = System.getLogger(TraceIdHandlerTest.class.getName());

  private final List<String> lines = new ArrayList<>();

  /**
   * Simulates the handler of the servlet container on the root logger. Ignores the other loggers,
   * because threads of other tests can still log.
   */
  private final Handler container =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (LOG.getName().equals(entry.getLoggerName())) {
            lines.add(new SimpleFormatter().formatMessage(entry));
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @Test
  void linesOfARequestHaveItsIdInEachHandlerOfTheContainer() {
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    root.addHandler(container);
    TraceContext.Scope scope = TraceContext.open("a-1");
    try {
      TraceIdHandler handler = TraceIdHandler.install();
      LOG.log(Level.WARNING, "with {0}", "a value");
      LOG.log(Level.WARNING, "it's {0}");
      handler.close();
      LOG.log(Level.WARNING, "after");
    } finally {
      scope.close();
      root.removeHandler(container);
    }
    assertEquals(List.of("with a value traceId=a-1", "it's {0} traceId=a-1", "after"), lines);
  }
}
