package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFailuresTest {

  private static final String CONSTRAINT = "service_access_tokens_name_uq";

  private static ConstraintViolationException violation(
      String message, @Nullable String constraint) {
    return new ConstraintViolationException(
        "could not execute statement", new SQLException(message, "23505"), constraint);
  }

  @ParameterizedTest
  @CsvSource({"42501, 0", "42000, 1044", "42000, 1142", "42000, 1143", "90096, 90096"})
  void missingPrivilegeIsRecognizedAndNamed(String state, int code) {
    SQLException refused = new SQLException("no access to table x", state, code);
    assertTrue(DatabaseFailures.lacksAccess(new IllegalStateException(refused)));
    assertEquals(
        "the user of the database lacks a privilege: no access to table x",
        DatabaseFailures.unavailable(refused).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"42P01, 0", "3F000, 0", "42S02, 1146", "42000, 1049", "42S02, 42102", "42S04, 42104"})
  void missingTableIsAnOutageOfTheService(String state, int code) {
    SQLException refused = new SQLException("no table x", state, code);
    assertTrue(DatabaseFailures.lacksAccess(new IllegalStateException(refused)));
    assertEquals(
        "a table is missing, or the user of the database may not use its schema: no table x",
        DatabaseFailures.unavailable(refused).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "HY000, 3",
    "HY000, 1021",
    "HY000, 1026",
    "HY000, 1114",
    "42000, 1203",
    "42000, 1226",
    "53100, 0"
  })
  void lackOfSpaceAndReachedLimitAreOutages(String state, int code) {
    SQLException refused = new SQLException("too much", state, code);
    assertTrue(DatabaseFailures.isOutage(new IllegalStateException(refused)));
    String line = "the database lacks space or has reached a limit: too much";
    assertEquals(line, DatabaseFailures.unavailable(refused).getMessage());
    assertEquals(line, DatabaseErrorMessages.unavailable(refused).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"42601, 0", "42000, 1064", "42703, 0", "22001, 1406", "42S02, 1109"})
  void wrongStatementIsNoOutage(String state, int code) {
    SQLException refused = new SQLException("a defect", state, code);
    assertFalse(DatabaseFailures.isOutage(refused));
    assertFalse(DatabaseFailures.lacksAccess(refused));
  }

  @Test
  void slowResponseIsDistinguishedFromAServerThatCannotBeReached() {
    assertEquals("the database did not respond in time", reason("Read timed out"));
    assertEquals("the database is unreachable", reason("Connect timed out"));
  }

  private static String reason(String timeout) {
    SQLException failure =
        new SQLException("Socket error", "08000", new SocketTimeoutException(timeout));
    return String.valueOf(DatabaseFailures.unavailable(failure).getMessage());
  }

  /** The numbers differ for each attempt, so each line about an outage would be different. */
  @Test
  void numbersOfConnectionsAreNotInMessages() {
    SQLException unknown = new SQLException("(conn=6) Unknown system variable 'x'", "HY000", 1193);
    assertEquals(
        "Initialization command fail (java.sql.SQLException: Unknown system variable 'x')",
        DatabaseErrorMessages.withCause(
            new SQLException("(conn=6) Initialization command fail", "HY000", unknown)));
  }

  @Test
  void constraintIsRecognizedByTheNameThatHibernateReports() {
    String message = "Unique index or primary key violation";
    assertTrue(
        DatabaseFailures.violates(
            violation(message, "PUBLIC.SERVICE_ACCESS_TOKENS_NAME_UQ_INDEX_3"), CONSTRAINT));
    assertFalse(DatabaseFailures.violates(violation(message, "PUBLIC.PRIMARY_KEY_3"), CONSTRAINT));
  }

  @Test
  void constraintIsRecognizedInATranslatedMessage() {
    assertTrue(
        DatabaseFailures.violates(
            violation(
                "FEHLER: doppelter Schl\u00fcsselwert verletzt Unique-Constraint"
                    + " \u00bb"
                    + CONSTRAINT
                    + "\u00ab",
                null),
            CONSTRAINT));
    assertFalse(
        DatabaseFailures.violates(
            violation(
                "FEHLER: doppelter Schl\u00fcsselwert verletzt Unique-Constraint"
                    + " \u00bbservice_access_tokens_pkey\u00ab",
                null),
            CONSTRAINT));
  }
}
