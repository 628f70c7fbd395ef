package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests the memory budget of all incomplete bodies together. */
class BodyBufferTest {

  private static final int FIRST = 8_192;

  private final AtomicLong budget = new AtomicLong(FIRST);
  private final BodyBuffer body = new BodyBuffer(-1, 100_000, budget);

  /** A body without an end, of which all bytes have arrived. */
  private static final class Endless extends ServletInputStream {
    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {}

    @Override
    public int read() {
      return 'x';
    }
  }

  @Test
  void growingBufferUsesTheBudgetUntilItIsReleased() throws IOException {
    Endless in = new Endless();
    body.charge();
    body.readFrom(in, FIRST);
    assertFalse(body.isOverBudget(), "the first bytes fit into the budget");
    body.readFrom(in, 1);
    assertTrue(body.isOverBudget(), "another byte needs a larger buffer");
    body.release();
    assertEquals(FIRST, budget.get());
    body.charge(); // by a thread that has not noticed the end of the request
    assertEquals(FIRST, budget.get());
  }

  /** The buffer of a body that arrives with its head is never released. */
  @Test
  void bufferThatIsNotChargedUsesNoBudgetWhenItGrows() throws IOException {
    Endless in = new Endless();
    body.readFrom(in, FIRST);
    body.readFrom(in, 1);
    assertEquals(FIRST + 1, body.length(), "kept bytes");
    assertEquals(FIRST, budget.get());
  }

  @Test
  void oneByteAboveTheMaximumIsKept() throws IOException {
    int maximum = FIRST + 100;
    BodyBuffer bounded = new BodyBuffer(-1, maximum, budget);
    Endless in = new Endless();
    bounded.charge();
    for (int i = 0; i < maximum + 10; i++) {
      assertEquals(1, bounded.readFrom(in, 1));
    }
    assertEquals(maximum + 1, bounded.length(), "kept bytes");
    assertEquals(maximum + 10, bounded.total(), "bytes");
    assertEquals(FIRST - (maximum + 1), budget.get(), "rest of the budget");
  }

  @Test
  void pendingBodyUsesTheBudgetUntilTheRequestEnds() throws IOException {
    SuspendableRequest suspended = new SuspendableRequest(new Endless());
    AtomicInteger ends = new AtomicInteger();
    try (RequestTimer timer = new RequestTimer()) {
      pending(suspended, timer, ends).start(600_000);
      assertEquals(0, budget.get());
      suspended.suspendAgain();
      assertEquals(0, budget.get());
      suspended.end();
    }
    assertEquals(FIRST, budget.get());
    assertEquals(1, ends.get(), "ends of the body");
  }

  @Test
  void bodyOverTheBudgetIsRefused() throws IOException {
    SuspendableRequest suspended = new SuspendableRequest(new Endless());
    AtomicInteger ends = new AtomicInteger();
    try (RequestTimer timer = new RequestTimer()) {
      PendingBody pending = pending(suspended, timer, ends);
      body.charge();
      pending.onDataAvailable();
    }
    assertEquals(503, suspended.status());
    assertEquals(1, ends.get(), "ends of the body");
    assertEquals(0, suspended.dispatches.get(), "dispatches");
  }

  private PendingBody pending(SuspendableRequest suspended, RequestTimer timer, AtomicInteger ends)
      throws IOException {
    return new PendingBody(
        suspended.context,
        suspended.request,
        suspended.response,
        body,
        408,
        timer,
        ends::incrementAndGet);
  }
}
