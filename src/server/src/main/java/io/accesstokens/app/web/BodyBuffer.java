package io.accesstokens.app.web;

import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/** Buffers a request body, up to one byte more than the resource accepts. Not thread-safe. */
final class BodyBuffer {

  private static final int CHUNK = 8_192;

  private final int maxBytes;
  private final AtomicLong budget;
  private byte[] bytes;
  private int kept;
  private long total;
  private long charged;

  /**
   * @param length the announced length, or -1 if it is unknown
   * @param maxBytes the maximum length of the body that the resource accepts, in bytes
   * @param budget the number of bytes that incomplete bodies may still use
   */
  BodyBuffer(long length, int maxBytes, AtomicLong budget) {
    this.maxBytes = maxBytes;
    this.budget = budget;
    bytes = new byte[length < 0 ? CHUNK : (int) Math.min(length, CHUNK)];
  }

  /** Returns the number of bytes read so far, including those that were discarded. */
  long total() {
    return total;
  }

  /** Returns the array whose first {@link #length} bytes are buffered. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return kept;
  }

  /**
   * Reads once from the stream.
   *
   * @param most the largest number of bytes to read
   * @return the number of bytes read, or -1 at the end
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

  /** Charges this buffer to the budget until {@link #release}. */
  void charge() {
    charge(bytes.length);
  }

  private void charge(int size) {
    charged += size;
    budget.addAndGet(-size);
  }

  /** Returns true if incomplete bodies exceed their budget. */
  boolean isOverBudget() {
    return budget.get() < 0;
  }

  void release() {
    budget.addAndGet(charged);
    charged = 0;
  }
}
