package io.accesstokens.http.response;

import io.accesstokens.http.problem.TooManyLargeResponsesException;
import io.accesstokens.verify.limit.LogLimit;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the memory of the large responses that are being sent. A response stays in memory until
 * its client has read it, so slow clients could otherwise use all memory.
 *
 * <p>A caller with an open large response can use at most a quarter of the memory, so that a caller
 * cannot prevent the responses to others. All anonymous callers count as one. Thread-safe.
 */
public final class ResponseMemory {

  /**
   * Size that an export reserves, in bytes. An export holds fewer bytes, but reserves this size
   * because a client can read an export for a long time.
   */
  public static final int EXPORT_BYTES = 2 * 1024 * 1024;

  private static final Logger LOG = System.getLogger(ResponseMemory.class.getName());
  private static final LogLimit REFUSALS = new LogLimit(1);

  /** Maximum size of a response that is not limited, in bytes. */
  private static final int SMALL_BYTES = 64 * 1024;

  private static final long MAX_BYTES = 64L * 1024 * 1024;

  /**
   * The limit is the size of the heap divided by this number. The objects of a response need as
   * much memory as its bytes, in addition to the bytes.
   */
  private static final int PART_OF_HEAP = 8;

  private static final int PART_OF_CALLER = 4;

  /** A part of the memory. The caller must close it after the response was sent. */
  @FunctionalInterface
  public interface Reservation {
    void close();
  }

  private final long limit;
  private final Map<String, Long> byCaller = new HashMap<>(); // guarded by this
  private long total; // guarded by this

  /**
   * Creates a limit.
   *
   * @param limit the maximum size of all large responses together, in bytes. A response is always
   *     possible if no other large response is being sent
   */
  public ResponseMemory(long limit) {
    this.limit = limit;
  }

  /** Returns a limit of an eighth of the maximum heap of this process, at most 64 MB. */
  public static ResponseMemory ofHeap() {
    return new ResponseMemory(Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
  }

  /**
   * Throws an exception if {@link #reserve} would throw one now. A caller of this method can refuse
   * a response before it reads the store.
   *
   * @throws TooManyLargeResponsesException if the memory is in use
   */
  public void check(@Nullable SecurityContext security, long bytes) {
    if (!hasRoom(nameOf(security), bytes)) {
      throw refused();
    }
  }

  /**
   * Reserves memory for a response. Responses of at most {@value #SMALL_BYTES} bytes are not
   * limited.
   *
   * @param security the caller of the request; null if it is unknown
   * @param bytes the size of the response
   * @throws TooManyLargeResponsesException if the memory is in use
   */
  public Reservation reserve(@Nullable SecurityContext security, long bytes) {
    if (bytes <= SMALL_BYTES) {
      return () -> {};
    }
    String caller = nameOf(security);
    synchronized (this) {
      if (!hasRoom(caller, bytes)) {
        throw refused();
      }
      byCaller.merge(caller, bytes, Long::sum);
      total += bytes;
    }
    return () -> release(caller, bytes);
  }

  private static String nameOf(@Nullable SecurityContext security) {
    Principal principal = security == null ? null : security.getUserPrincipal();
    return principal == null ? "" : String.valueOf(principal.getName());
  }

  private synchronized boolean hasRoom(String caller, long bytes) {
    long own = byCaller.getOrDefault(caller, 0L);
    boolean exceedsShare = own > 0 && own + bytes > limit / PART_OF_CALLER;
    boolean exceedsLimit = total > 0 && total + bytes > limit;
    return !exceedsShare && !exceedsLimit;
  }

  private static TooManyLargeResponsesException refused() {
    REFUSALS.log(LOG, Level.WARNING, "responded with 503: too many large responses are sent");
    return new TooManyLargeResponsesException();
  }

  private synchronized void release(String caller, long bytes) {
    total -= bytes;
    byCaller.computeIfPresent(caller, (name, own) -> own > bytes ? own - bytes : null);
  }
}
