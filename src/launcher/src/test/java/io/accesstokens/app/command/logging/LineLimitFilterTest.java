package io.accesstokens.app.command.logging;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LineLimitFilterTest {

  private final LineLimitFilter filter = new LineLimitFilter();

  private List<LogRecord> written(String logger, int count) {
    List<LogRecord> written = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LogRecord entry = new LogRecord(Level.SEVERE, "failed");
      entry.setLoggerName(logger);
      entry.setThrown(new IllegalStateException("secret"));
      if (filter.isLoggable(entry)) {
        written.add(entry);
      }
    }
    return written;
  }

  @Test
  void floodOfFailuresWritesFewLinesAndFewerTraces() {
    long start = System.nanoTime();
    List<LogRecord> written = written("a", 10_000);
    long seconds = (System.nanoTime() - start) / 1_000_000_000 + 1;
    assertTrue(written.size() <= seconds * LineLimitFilter.LINES + 1, written.size() + " lines");
    assertTrue(written.size() >= LineLimitFilter.LINES, written.size() + " lines");
    List<String> withoutTrace =
        written.stream()
            .filter(entry -> entry.getThrown() == null)
            .map(LogRecord::getMessage)
            .toList();
    int traces = written.size() - withoutTrace.size();
    assertTrue(traces >= 1 && traces <= seconds + 1, traces + " traces");
    assertTrue(
        withoutTrace.contains("failed (without the trace of java.lang.IllegalStateException)"),
        withoutTrace::toString);
    assertTrue(written("b", 1).get(0).getThrown() != null, "each logger has a bound of its own");
  }
}
