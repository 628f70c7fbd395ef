package io.accesstokens.app.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.StoreUnavailableException;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.Objects;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class DisconnectLogFilterTest {

  @Test
  void errorsOfJerseyAboutDisconnectedClientsAreNotLogged() {
    String jersey = DisconnectLogFilter.JERSEY;
    Filter before = Logger.getLogger(jersey).getFilter();
    DisconnectLogFilter filter = DisconnectLogFilter.install();
    try (filter) {
      IOException closed = new IOException("Connection is closed");
      assertFalse(isLogged(jersey, new UncheckedIOException(closed)));
      assertFalse(isLogged(jersey, new IllegalStateException(new Exception(closed))));
      assertTrue(isLogged(jersey, new IllegalStateException("a defect")));
      assertTrue(isLogged(jersey, new StoreUnavailableException("an outage", closed)));
      assertTrue(isLogged(jersey, null));
    }
    assertSame(before, Logger.getLogger(jersey).getFilter());
  }

  @ParameterizedTest
  @FieldSource("io.accesstokens.app.logging.DisconnectLogFilter#PAYARA")
  void warningsOfPayaraAboutDisconnectedClientsAreNotLogged(String logger) {
    Filter before = Logger.getLogger(logger).getFilter();
    DisconnectLogFilter filter = DisconnectLogFilter.install();
    try (filter) {
      String connection = "org.glassfish.grizzly.nio.NIOConnection";
      assertFalse(isLogged(logger, thrownIn(new IOException("closed"), connection)));
      assertFalse(isLogged(logger, thrownIn(new EOFException(), "sun.nio.ch.IOUtil", connection)));
      assertTrue(isLogged(logger, new IOException("a response was aborted")));
      assertTrue(isLogged(logger, thrownIn(new IOException(), "sun.nio.ch.IOUtil")));
      assertTrue(isLogged(logger, thrownIn(new IllegalStateException(), connection)));
      Throwable outage = thrownIn(new SocketException(), connection);
      assertTrue(isLogged(logger, new StoreUnavailableException("an outage", outage)));
      assertTrue(isLogged(logger, null));
    }
    assertSame(before, Logger.getLogger(logger).getFilter());
  }

  /** Payara logs some exceptions as the text of the message. */
  private static boolean isLogged(String logger, @Nullable Throwable thrown) {
    LogRecord entry = new LogRecord(Level.WARNING, "a response was not sent");
    entry.setThrown(thrown);
    StringWriter text = new StringWriter().append(entry.getMessage()).append('\n');
    if (thrown != null) {
      thrown.printStackTrace(new PrintWriter(text, true));
    }
    boolean logged = passes(logger, entry);
    if (DisconnectLogFilter.PAYARA.contains(logger)) {
      assertEquals(logged, passes(logger, new LogRecord(Level.WARNING, text.toString())));
    }
    return logged;
  }

  private static boolean passes(String logger, LogRecord entry) {
    return Objects.requireNonNull(Logger.getLogger(logger).getFilter()).isLoggable(entry);
  }

  private static Throwable thrownIn(Throwable e, String... classes) {
    e.setStackTrace(
        Stream.of(classes)
            .map(name -> new StackTraceElement(name, "write", null, 1))
            .toArray(StackTraceElement[]::new));
    return e;
  }
}
