package io.accesstokens.app.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplicationLogFilterTest {

  private static final Logger SHARED = Logger.getLogger(ApplicationLogFilterTest.class.getName());

  @AfterEach
  void reset() {
    SHARED.setFilter(null);
  }

  @Test
  void unwantedRecordsAreRemoved() {
    try (ApplicationLogFilter filter = install("unwanted")) {
      assertSame(filter, SHARED.getFilter());
      assertFalse(filter.isLoggable(record("unwanted")));
      assertTrue(filter.isLoggable(record("other")));
    }
    assertNull(SHARED.getFilter());
  }

  @Test
  void recordsOfOtherApplicationsAreLogged() {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    try (ApplicationLogFilter filter = install("unwanted")) {
      thread.setContextClassLoader(new ClassLoader(own) {}); // as java -jar does
      assertFalse(filter.isLoggable(record("unwanted")));
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertTrue(filter.isLoggable(record("unwanted")));
      thread.setContextClassLoader(null);
      assertTrue(filter.isLoggable(record("unwanted")));
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  /** On Payara, several copies of the application share the logger. */
  @Test
  void closedFilterOfAnotherCopyIsRemoved() {
    Filter server = entry -> true;
    SHARED.setFilter(server);
    ApplicationLogFilter first = install("first");
    ApplicationLogFilter second = install("second");
    ApplicationLogFilter third = install("third");
    first.close();
    second.close();
    assertSame(third, SHARED.getFilter());
    third.close();
    assertSame(server, SHARED.getFilter());
  }

  @Test
  void filterOfTheServerIsKept() {
    Filter server = entry -> entry.getMessage().equals("wanted");
    SHARED.setFilter(server);
    try (ApplicationLogFilter filter = install("unwanted")) {
      assertTrue(filter.isLoggable(record("wanted")));
      assertFalse(filter.isLoggable(record("other")));
    }
    assertEquals(server, SHARED.getFilter());
  }

  private static ApplicationLogFilter install(String unwanted) {
    return ApplicationLogFilter.install(SHARED, entry -> entry.getMessage().equals(unwanted));
  }

  private static LogRecord record(String message) {
    return new LogRecord(Level.WARNING, message);
  }
}
