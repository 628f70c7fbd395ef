package io.accesstokens.app.web;

import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Buffers a request body. The buffer holds at most one byte more than the resource accepts, and
 * discards all further bytes. Not thread-safe.
 */
final class BodyBuffer {

  private static final int CHUNK = 8_192;

  private final int maxBytes;
  private final AtomicLong budget;
  private byte[] bytes;
  private int kept;
  private long total;
  private long charged;

  /** Guarded by this. The end of a request can release a buffer while another thread reads. */
  private boolean released;

  /**
   * Creates an empty buffer.
   *
   * @param length the announced length of the body in bytes, or -1 if the length is unknown
   * @param maxBytes the maximum length of the body that the resource accepts, in bytes
   * @param budget the number of bytes that are left for all bodies together
   */
  BodyBuffer(long length, int maxBytes, AtomicLong budget) {
    this.maxBytes = maxBytes;
    this.budget = budget;
    bytes = new byte[length < 0 ? CHUNK : (int) Math.min(length, CHUNK)];
  }

  /** Returns the number of bytes that were read, including discarded bytes. */
  long total() {
    return total;
  }

  /** Returns the array that contains the body in its first {@link #length} bytes. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return kept;
  }

  /**
   * Reads available bytes of the body from a stream, with a single read.
   *
   * @param most the maximum number of bytes to read
   * @return the number of bytes read, or -1 at the end of the stream
   */
  int readFrom(ServletInputStream in, int most) throws IOException {
    int read;
    if (kept > maxBytes) {
      read = in.read(new byte[Math.min(most, CHUNK)]);
    } else {
      if (kept == bytes.length) {
        grow();
      }
      read = in.read(bytes, kept, Math.min(most, bytes.length - kept));
      kept += Math.max(read, 0);
    }
    total += Math.max(read, 0);
    return read;
  }

  private void grow() {
    int size = (int) Math.min(maxBytes + 1L, bytes.length * 2L);
    if (charged > 0) {
      charge(size - bytes.length);
    }
    bytes = Arrays.copyOf(bytes, size);
  }

  /** Subtracts the size of this buffer from the budget. {@link #release} adds the size again. */
  void charge() {
    charge(bytes.length);
  }

  private synchronized void charge(int size) {
    if (!released) {
      charged += size;
      budget.addAndGet(-size);
    }
  }

  /** Returns true if all bodies together exceed their budget. */
  boolean isOverBudget() {
    return budget.get() < 0;
  }

  /** Adds the size of this buffer to the budget again. A second call does nothing. */
  synchronized void release() {
    released = true;
    budget.addAndGet(charged);
    charged = 0;
  }
}
