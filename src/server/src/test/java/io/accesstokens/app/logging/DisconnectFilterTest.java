package io.accesstokens.app.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DisconnectFilterTest {

  private static final Logger JERSEY = Logger.getLogger(DisconnectFilter.LOGGER);

  @Test
  void onlyDisconnectedClientsAreNotLogged() {
    try (DisconnectFilter filter = DisconnectFilter.install()) {
      assertSame(filter, JERSEY.getFilter());
      IOException closed = new IOException("Connection is closed");
      assertFalse(filter.isLoggable(error(new UncheckedIOException(closed))));
      assertFalse(filter.isLoggable(error(new IllegalStateException(new Exception(closed)))));
      assertTrue(filter.isLoggable(error(new IllegalStateException("a defect"))));
      assertTrue(filter.isLoggable(error(new StoreUnavailableException("an outage", closed))));
      assertTrue(filter.isLoggable(error(null)));
    }
    assertNull(JERSEY.getFilter());
  }

  @Test
  void errorsOfOtherApplicationsAreLogged() {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    try (DisconnectFilter filter = DisconnectFilter.install()) {
      thread.setContextClassLoader(new ClassLoader(own) {});
      assertTrue(filter.isLoggable(error(new IOException("Connection is closed"))));
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  /** On Payara, several copies of the application share the logger. */
  @Test
  void closedFilterOfAnotherCopyIsRemoved() {
    Filter server = entry -> true;
    JERSEY.setFilter(server);
    try {
      DisconnectFilter first = DisconnectFilter.install();
      DisconnectFilter second = DisconnectFilter.install();
      DisconnectFilter third = DisconnectFilter.install();
      first.close();
      second.close();
      assertSame(third, JERSEY.getFilter());
      third.close();
      assertSame(server, JERSEY.getFilter());
    } finally {
      JERSEY.setFilter(null);
    }
  }

  @Test
  void filterOfTheServerIsKept() {
    Filter server = entry -> entry.getThrown() != null;
    JERSEY.setFilter(server);
    try (DisconnectFilter filter = DisconnectFilter.install()) {
      assertTrue(filter.isLoggable(error(new IllegalStateException())));
      assertFalse(filter.isLoggable(error(null)));
    } finally {
      assertEquals(server, JERSEY.getFilter());
      JERSEY.setFilter(null);
    }
  }

  private static LogRecord error(@Nullable Throwable thrown) {
    LogRecord entry = new LogRecord(Level.SEVERE, "a response was not sent");
    entry.setThrown(thrown);
    return entry;
  }
}
