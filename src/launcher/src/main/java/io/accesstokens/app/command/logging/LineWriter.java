package io.accesstokens.app.command.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongFunction;

/**
 * Writes lines to an output that can be slow or blocked, such as a full disk or a pipe without
 * reader. A separate thread writes the lines.
 *
 * <ul>
 *   <li>Normally, {@link #write} returns after the line was written, so a line is not lost if the
 *       process is killed later.
 *   <li>{@link #write} waits at most {@link #MAX_WAIT}. If a call has waited this long, further
 *       calls return at once, until the output accepts lines again. Therefore a blocked output does
 *       not stop requests.
 *   <li>At most {@value #MAX_QUEUED} characters are queued. Further lines are dropped and counted.
 *       Lines of {@link #enqueue} are dropped when half of this number is queued. Therefore many
 *       lines of {@link #enqueue} leave space for the lines of {@link #write}. When the output
 *       accepts lines again, an additional line reports the number of dropped lines.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class LineWriter {

  static final int MAX_QUEUED = 4_194_304;

  private static final int MAX_BATCH = 65_536;

  static final Duration MAX_WAIT = Duration.ofMillis(200);

  private final OutputStream out;
  private final LongFunction<String> droppedLine;
  private final Deque<String> queue = new ArrayDeque<>(); // guarded by this
  private long queuedCharacters; // guarded by this
  private long accepted; // guarded by this
  private long written; // guarded by this
  private long dropped; // guarded by this
  private boolean slow; // guarded by this

  /** The number of lines in the current batch. */
  private int batchLines; // guarded by this

  private int batchCharacters; // guarded by this

  /** The number of dropped lines that the current batch reports. */
  private long batchReported; // guarded by this

  /**
   * Creates a writer and starts its thread, which is a daemon thread.
   *
   * @param out the output, which is never closed
   * @param droppedLine returns the line that reports a number of dropped lines
   */
  LineWriter(String thread, OutputStream out, LongFunction<String> droppedLine) {
    this.out = out;
    this.droppedLine = droppedLine;
    Thread writing = new Thread(this::writeAll, thread);
    writing.setDaemon(true);
    writing.start();
  }

  /**
   * Writes a line. Waits until the line is written, but at most {@link #MAX_WAIT}. Does not wait if
   * an earlier call has reached this maximum, and the output still accepts no lines.
   *
   * @param line the line with its line break
   * @return false if the line was dropped because the queue was full; true even if the write fails
   */
  boolean write(String line) {
    boolean queued = add(line, MAX_QUEUED);
    if (queued) {
      await(MAX_WAIT);
    }
    return queued;
  }

  /**
   * Adds a less important line to the queue, without waiting.
   *
   * @param line the line with its line break
   * @return false if the line was dropped because half of the queue was full; true even if the
   *     write fails
   */
  boolean enqueue(String line) {
    return add(line, MAX_QUEUED / 2);
  }

  private synchronized boolean add(String line, int maxQueued) {
    if (queuedCharacters + line.length() > maxQueued) {
      dropped++;
      return false;
    }
    queue.add(line);
    queuedCharacters += line.length();
    accepted++;
    notifyAll();
    return true;
  }

  /** Waits until all lines that are queued now have been written, or until the timeout ends. */
  void flush(Duration timeout) {
    synchronized (this) {
      slow = false;
    }
    await(timeout);
  }

  private synchronized void await(Duration timeout) {
    long last = accepted;
    long end = System.nanoTime() + timeout.toNanos();
    try {
      while (!slow && written < last) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          slow = true;
        } else {
          wait(millis);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the line is in the queue
    }
  }

  private void writeAll() {
    while (true) {
      boolean failed = false;
      try {
        out.write(next().getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException | RuntimeException | Error e) {
        // For example, the disk is full, or memory is exhausted. This thread must not end.
        failed = true;
      }
      end(failed);
    }
  }

  /**
   * Waits for lines, and returns a batch of lines. If lines were dropped, an additional first line
   * reports their number.
   */
  private synchronized String next() {
    while (queue.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        // The thread has no other task and ends with the process.
      }
    }
    StringBuilder text = new StringBuilder(removeLine());
    while (!queue.isEmpty() && text.length() < MAX_BATCH) {
      text.append(removeLine());
    }
    if (dropped > 0) {
      text.insert(0, droppedLine.apply(dropped));
      batchReported = dropped;
    }
    return text.toString();
  }

  /** Moves a line from the queue to the batch. */
  private synchronized String removeLine() {
    String line = queue.remove();
    batchLines++;
    batchCharacters += line.length();
    return line;
  }

  private synchronized void end(boolean failed) {
    queuedCharacters -= batchCharacters;
    written += batchLines;
    dropped += failed ? batchLines : -batchReported;
    batchLines = 0;
    batchCharacters = 0;
    batchReported = 0;
    slow = false;
    notifyAll();
  }
}
