package io.accesstokens.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests which log entries of a disturbed replica are allowed. */
class ReplicaLogsTest {

  private static final String TIME = "2026-11-25T00:07:11.189Z ";
  private static final String TRACE =
      "java.sql.SQLException: (conn=19) Socket error\n"
          + "\tat org.mariadb.jdbc.Statement.execute(Statement.java:91)\n"
          + "Caused by: java.net.SocketException: Connection reset\n"
          + "\tat java.base/sun.nio.ch.NioSocketImpl.implRead(NioSocketImpl.java:328)\n";
  private static final String RAW = "bsat_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

  @TempDir private Path folder;

  @Test
  void warningsAndBrokenConnectionsAreAllowed() throws IOException {
    expect(
        Map.of(),
        TIME
            + "WARNING io.accesstokens.auth: responded with 503: the database is unreachable\n"
            + TIME
            + "WARNING com.zaxxer.hikari.pool.ProxyConnection: access-tokens - Connection"
            + " marked as broken because of SQLSTATE(08000), ErrorCode(-1)\n"
            + TRACE
            + "{\"event\":\"refused\",\"reason\":\"SEVERE ERROR\"}\n");
  }

  @Test
  void eachErrorIsReportedOnce() throws IOException {
    expect(
        Map.of(InvariantViolation.Kind.UNEXPLAINED_LOG, 2L),
        TIME
            + "ERROR io.accesstokens.http: internal error, reference 1\n"
            + TRACE
            + TIME
            + "SEVERE org.apache: no more threads\n");
  }

  @Test
  void otherStackTracesAreReported() throws IOException {
    expect(
        Map.of(InvariantViolation.Kind.UNEXPLAINED_LOG, 1L),
        TIME + "WARNING io.accesstokens.auth: something\n" + TRACE);
  }

  @Test
  void uncaughtExceptionIsReported() throws IOException {
    expect(
        Map.of(InvariantViolation.Kind.UNEXPLAINED_LOG, 1L),
        "Exception in thread \"feed\" java.lang.OutOfMemoryError: Java heap space\n");
  }

  @Test
  void rawTokenIsReported() throws IOException {
    expect(Map.of(InvariantViolation.Kind.SECRET_IN_LOG, 1L), TIME + "INFO x: got " + RAW + "\n");
  }

  private void expect(Map<InvariantViolation.Kind, Long> violations, String log)
      throws IOException {
    Findings findings = new Findings();
    Path file = Files.writeString(folder.resolve("log"), log);
    ReplicaLogs.search("a", file, Secrets.of(Set.of(RAW)), false, findings);
    assertEquals(violations, findings.violations());
  }
}
