package io.accesstokens.app.command.logging;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.apache.catalina.connector.ClientAbortException;
import org.junit.jupiter.api.Test;

class ClientErrorsTest {

  @Test
  void closedConnectionIsCausedByTheClient() {
    assertTrue(
        ClientErrors.isCausedByClient(new IOException(new ClientAbortException())), "as a cause");
  }

  @Test
  void dataAfterTheDeadlineIsCausedByTheClient() {
    assertTrue(ClientErrors.isCausedByClient(thrownIn("asyncOperation")), "asyncOperation");
  }

  @Test
  void otherErrorsAreNotCausedByTheClient() {
    assertFalse(ClientErrors.isCausedByClient(null), "no exception");
    assertFalse(ClientErrors.isCausedByClient(new IllegalStateException()), "of this test");
    assertFalse(ClientErrors.isCausedByClient(thrownIn("asyncDispatch")), "asyncDispatch");
  }

  private static IllegalStateException thrownIn(String method) {
    IllegalStateException thrown = new IllegalStateException("not valid");
    thrown.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("org.apache.coyote.AsyncStateMachine", method, null, 1)
        });
    return thrown;
  }
}
