package io.accesstokens.app.command.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LineWriterTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  /** An output that blocks until it is released, and then can fail. */
  private static final class Output extends OutputStream {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final CountDownLatch released;
    private volatile boolean full;

    Output(boolean blocked) {
      released = new CountDownLatch(blocked ? 1 : 0);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (full) {
        throw new IOException("no space left on device");
      }
      synchronized (written) {
        written.write(bytes, offset, length);
      }
    }

    List<String> lines() {
      synchronized (written) {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
      }
    }
  }

  private static LineWriter writer(Output output) {
    return new LineWriter("test-log", output, lost -> lost + " lost\n");
  }

  @Test
  void lineIsWrittenWhenTheCallReturns() {
    Output output = new Output(false);
    LineWriter writer = writer(output);
    int slow = 0;
    for (int i = 0; i < 100; i++) {
      long begun = System.nanoTime();
      writer.write(i + "\n");
      if (System.nanoTime() - begun >= LineWriter.MAX_WAIT.toNanos() / 2) {
        slow++;
        writer.flush(LONG); // the machine has stopped the process during the wait
      }
      assertEquals(i + 1, output.lines().size());
    }
    assertTrue(slow < 50, slow + " of 100 calls were slow");
    assertEquals("99", output.lines().get(99));
  }

  /** A writer whose output is blocked. */
  private record Blocked(Output output, LineWriter writer) {}

  private static Blocked filled() {
    Output output = new Output(true);
    LineWriter writer = writer(output);
    String line = "x".repeat(1_000_000) + "\n";
    for (int i = 0; i < 4; i++) {
      assertTrue(writer.write(line), "line " + i + " was dropped");
    }
    for (int i = 0; i < 1_000; i++) {
      assertFalse(writer.write(line), "the queue is not bounded");
    }
    return new Blocked(output, writer);
  }

  @Test
  void blockedOutputDelaysOneLineOnlyAndLostLinesAreCounted() {
    Blocked blocked =
        TimeLimits.within(LineWriter.MAX_WAIT.multipliedBy(5), LineWriterTest::filled);
    Output output = blocked.output();
    LineWriter writer = blocked.writer();
    assertEquals(List.of(), output.lines());

    output.released.countDown();
    writer.flush(LONG);
    List<String> lines = output.lines();
    assertEquals(5, lines.size());
    assertEquals(1, lines.stream().filter("1000 lost"::equals).count());
    writer.write("after\n");
    writer.flush(LONG);
    assertEquals("after", output.lines().get(5));
  }

  @Test
  void floodOfLessImportantLinesLeavesSpaceForOthers() {
    Output output = new Output(true);
    LineWriter writer = writer(output);
    String line = "x".repeat(999) + "\n";
    int flood = LineWriter.MAX_QUEUED / 1_000;
    for (int i = 0; i < flood; i++) {
      writer.enqueue(line);
    }
    assertFalse(writer.enqueue(line), "the flood is not bounded");
    for (int i = 0; i < flood / 2; i++) {
      assertTrue(writer.write(line), "line " + i + " was dropped");
    }
    output.released.countDown();
    writer.flush(LONG);
    assertTrue(writer.enqueue(line), "the queue is not empty");
  }

  @Test
  void linesOfAFullDiskAreCounted() {
    Output output = new Output(false);
    LineWriter writer = writer(output);
    output.full = true;
    writer.write("a\n");
    writer.write("b\n");
    writer.flush(LONG);
    output.full = false;
    writer.write("c\n");
    writer.flush(LONG);
    assertEquals(List.of("2 lost", "c"), output.lines());
  }

  @Test
  void linesThatNeedTooMuchMemoryAreCounted() {
    Output output = new Output(false);
    AtomicInteger failures = new AtomicInteger(1);
    LineWriter writer =
        new LineWriter(
            "test-log",
            output,
            lost -> {
              if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("expected by the test");
              }
              return lost + " lost\n";
            });
    output.full = true;
    writer.write("a\n");
    writer.flush(LONG);
    output.full = false;
    String half = "b".repeat(LineWriter.MAX_QUEUED / 2 - 1) + "\n";
    writer.write(half);
    writer.flush(LONG);
    assertTrue(writer.enqueue("c\n"), "the lost line still counts as queued");
    writer.flush(LONG);
    assertEquals(List.of("2 lost", "c"), output.lines());
  }
}
