package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.ScriptedServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.postgresql.ssl.PGjdbcHostnameVerifier;

class SqlLogFilterTest {

  @ParameterizedTest
  @FieldSource("io.accesstokens.app.SqlLogFilter#LOGGERS")
  void failedStatementsAreNotLogged(String name) {
    Logger logger = Logger.getLogger(name);
    SqlLogFilter filter = SqlLogFilter.install();
    try (filter) {
      assertFalse(isLogged(logger));
    }
    assertTrue(isLogged(logger));
  }

  /** On Payara, the applications share the loggers. */
  @ParameterizedTest
  @FieldSource("io.accesstokens.app.SqlLogFilter#LOGGERS")
  void failedStatementsOfOtherApplicationsAreLogged(String name) {
    Logger logger = Logger.getLogger(name);
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    SqlLogFilter filter = SqlLogFilter.install();
    try (filter) {
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertNull(logger.getLevel());
      assertTrue(isLogged(logger));
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  @ParameterizedTest
  @FieldSource("io.accesstokens.app.SqlLogFilter#LOGGERS")
  void levelOfOperatorIsKept(String name) {
    Logger logger = Logger.getLogger(name);
    logger.setLevel(Level.INFO);
    SqlLogFilter filter = SqlLogFilter.install();
    try (filter) {
      assertTrue(isLogged(logger));
      assertEquals(Level.INFO, logger.getLevel());
    } finally {
      logger.setLevel(null);
    }
  }

  /** In an outage, about ten connections a second are refused. */
  @Test
  void repeatedCertificateOfAnotherHostIsLoggedOnce(@TempDir Path folder) throws Exception {
    Certificate certificate = Certificate.selfSigned(folder, "DNS:other.example");
    List<LogRecord> entries = new ArrayList<>();
    Handler handler = recorder(entries);
    Logger logger = Logger.getLogger(PGjdbcHostnameVerifier.class.getName());
    logger.addHandler(handler);
    SqlLogFilter filter = SqlLogFilter.install();
    try (filter;
        ScriptedServer server = new ScriptedServer(certificate.serving());
        SSLSocket socket =
            (SSLSocket)
                certificate
                    .trusting()
                    .getSocketFactory()
                    .createSocket("127.0.0.1", server.port())) {
      for (int attempt = 0; attempt < 3; attempt++) {
        assertFalse(
            PGjdbcHostnameVerifier.INSTANCE.verify("db.example.com", socket.getSession()),
            "the certificate is accepted");
      }
      assertEquals(1, entries.size(), "lines of the driver");
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void recordsOfBrokenConnectionsHaveNoStackTrace() {
    Logger logger = Logger.getLogger(SqlLogFilter.BROKEN_CONNECTIONS);
    List<LogRecord> entries = new ArrayList<>();
    Handler handler = recorder(entries);
    logger.addHandler(handler);
    SqlLogFilter filter = SqlLogFilter.install();
    try {
      try (filter) {
        logger.log(Level.WARNING, "connection 1 is broken", new SQLException());
      }
      logger.log(Level.WARNING, "connection 2 is broken", new SQLException());
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(2, entries.size());
    assertEquals("connection 1 is broken", entries.get(0).getMessage());
    assertNull(entries.get(0).getThrown());
    assertNotNull(entries.get(1).getThrown());
  }

  @Test
  void brokenIdleConnectionIsLoggedWithoutAdviceOnItsLifetime() {
    Logger logger = Logger.getLogger(SqlLogFilter.IDLE_CONNECTIONS);
    String line = "access-tokens - Failed to validate connection 1 (Connection reset).";
    List<LogRecord> entries = new ArrayList<>();
    Handler handler = recorder(entries);
    logger.addHandler(handler);
    SqlLogFilter filter = SqlLogFilter.install();
    try (filter) {
      logger.warning(line + " Possibly consider using a shorter maxLifetime value.");
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(List.of(line), entries.stream().map(LogRecord::getMessage).toList());
  }

  private static boolean isLogged(Logger logger) {
    Filter filter = logger.getFilter();
    LogRecord entry = new LogRecord(Level.WARNING, "a statement failed");
    return logger.isLoggable(entry.getLevel()) && (filter == null || filter.isLoggable(entry));
  }

  private static Handler recorder(List<LogRecord> entries) {
    return new Handler() {
      @Override
      public void publish(LogRecord entry) {
        entries.add(entry);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
