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
 * Limits the memory of large responses. A response stays in memory until its client has read it.
 * Without a limit, slow clients could use all memory.
 *
 * <p>A single large response of a caller can use all free memory. Several open large responses of
 * one caller can together use at most a quarter of the memory. Therefore a caller cannot block the
 * others with many responses. All anonymous callers count as one caller. Thread-safe.
 */
public final class ResponseMemory {

  /**
   * Size that an export reserves, in bytes. An export holds fewer bytes. The size limits the number
   * of concurrent exports, because a client can read an export for a long time.
   */
  public static final int EXPORT_BYTES = 2 * 1024 * 1024;

  private static final Logger LOG = System.getLogger(ResponseMemory.class.getName());
  private static final LogLimit REFUSALS = new LogLimit(1);

  /** Maximum size of a response to which the limits do not apply, in bytes. */
  private static final int SMALL_BYTES = 64 * 1024;

  private static final long MAX_BYTES = 64L * 1024 * 1024;

  /**
   * The limit is the maximum heap divided by this number, but at most {@link #MAX_BYTES}. A
   * response needs about twice the memory of its bytes, because of its objects.
   */
  private static final int PART_OF_HEAP = 8;

  private static final int PART_OF_CALLER = 4;

  /**
   * The memory that is reserved for one response. The caller must close the reservation after the
   * response was sent.
   */
  public final class Reservation {
    private final String caller;
    private long held; // changed only by the thread of the response, with the lock

    private Reservation(String caller) {
      this.caller = caller;
    }

    /**
     * Changes the size that is reserved for the response. A response of at most {@value
     * #SMALL_BYTES} bytes is not limited.
     *
     * @throws TooManyLargeResponsesException if the new size is larger than the old size, and other
     *     large responses have reserved too much memory. The reservation then keeps the old size
     */
    public void resize(long bytes) {
      long wanted = bytes <= SMALL_BYTES ? 0 : bytes;
      if (wanted != held && !replace(wanted)) {
        throw refused();
      }
    }

    private boolean replace(long wanted) {
      synchronized (ResponseMemory.this) {
        if (wanted > held && !hasRoom(caller, wanted, held)) {
          return false;
        }
        byCaller.merge(caller, wanted - held, (own, more) -> own + more > 0 ? own + more : null);
        total += wanted - held;
        held = wanted;
        return true;
      }
    }

    /** Releases the memory. A second call has no effect. */
    public void close() {
      resize(0);
    }
  }

  private final long limit;
  private final Map<String, Long> byCaller = new HashMap<>(); // guarded by this
  private long total; // guarded by this

  /**
   * Creates a limit.
   *
   * @param limit the maximum size of all large responses together, in bytes. A response is always
   *     possible if no other large response is being made or sent
   */
  public ResponseMemory(long limit) {
    this.limit = limit;
  }

  /** Returns a limit of an eighth of the maximum heap of this process, at most 64 MB. */
  public static ResponseMemory ofHeap() {
    return new ResponseMemory(Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
  }

  /**
   * Throws an exception if {@link #reserve} would throw one now. A resource calls this method
   * before it reads the store.
   *
   * @param security the caller of the request; null if it is unknown
   * @param bytes the size of the response, more than {@value #SMALL_BYTES}
   * @throws TooManyLargeResponsesException if other large responses have reserved too much memory
   */
  public void check(@Nullable SecurityContext security, long bytes) {
    if (!hasRoom(nameOf(security), bytes, 0)) {
      throw refused();
    }
  }

  /** Returns a reservation of no memory, for a response whose size is not known yet. */
  public Reservation open(@Nullable SecurityContext security) {
    return new Reservation(nameOf(security));
  }

  /**
   * Reserves memory for a response. Responses of at most {@value #SMALL_BYTES} bytes are not
   * limited.
   *
   * @param security the caller of the request; null if it is unknown
   * @param bytes the size of the response
   * @throws TooManyLargeResponsesException if other large responses have reserved too much memory
   */
  public Reservation reserve(@Nullable SecurityContext security, long bytes) {
    Reservation reserved = open(security);
    reserved.resize(bytes);
    return reserved;
  }

  private static String nameOf(@Nullable SecurityContext security) {
    Principal principal = security == null ? null : security.getUserPrincipal();
    return principal == null ? "" : String.valueOf(principal.getName());
  }

  /**
   * Returns true if the limits allow a response of this size to a caller.
   *
   * @param held the number of bytes that this response has already reserved
   */
  private synchronized boolean hasRoom(String caller, long bytes, long held) {
    long own = byCaller.getOrDefault(caller, 0L) - held;
    long all = total - held;
    boolean exceedsShare = own > 0 && own + bytes > limit / PART_OF_CALLER;
    boolean exceedsLimit = all > 0 && all + bytes > limit;
    return !exceedsShare && !exceedsLimit;
  }

  private static TooManyLargeResponsesException refused() {
    REFUSALS.log(
        LOG, Level.WARNING, "responded with 503: too many large responses are being made or sent");
    return new TooManyLargeResponsesException();
  }
}
