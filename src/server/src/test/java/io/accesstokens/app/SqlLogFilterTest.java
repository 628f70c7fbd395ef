package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class SqlLogFilterTest {

  private static final String NAME = "com.zaxxer.hikari.pool.ProxyConnection";

  private final Logger pool = LoggerFactory.getLogger(NAME);
  private final List<LogRecord> lines = new ArrayList<>();

  @Test
  void linesOfBrokenConnectionsHaveNoStackTrace() {
    var logger = java.util.logging.Logger.getLogger(NAME);
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      SqlLogFilter.begin();
      pool.warn("connection {} is broken, SQLSTATE {}", 1, "08006", new SQLException());
      SqlLogFilter.end();
      pool.warn("connection {} is broken", 2, new SQLException());
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(2, lines.size());
    assertEquals("connection 1 is broken, SQLSTATE 08006", lines.get(0).getMessage());
    assertNull(lines.get(0).getThrown());
    assertNotNull(lines.get(1).getThrown());
  }
}
