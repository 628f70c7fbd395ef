package io.accesstokens.app;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of audit events that are written as separate lines. For each {@link Kind} and
 * source, such as a client address, the first events of a minute are written immediately. Later
 * events of that minute are only counted. A {@link Summary} reports the counted events when the
 * minute ends or when this object is closed. Every event is either written or counted.
 *
 * <p>The number of sources per kind is bounded. Events of all further sources are counted together.
 * Thread-safe.
 */
final class EventThrottle implements AutoCloseable {

  /** Length of a {@link Window}. A window begins with the first event of one kind and source. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final int linesPerWindow;
  private final int maxSources;
  private final Consumer<Summary> summaries;

  /**
   * The open windows, by kind and source. The windows of one kind are in the order in which they
   * begin. Guarded by the lock of this object.
   */
  private final Map<Kind, Map<String, Window>> windows = new HashMap<>();

  /**
   * A window for each kind. The window counts the events of all sources of this kind beyond the
   * maximum number of sources. Guarded by the lock of this object.
   */
  private final Map<Kind, Window> others = new HashMap<>();

  /**
   * The kind of an event. Callers must use only a few kinds, because this class does not limit
   * their number.
   *
   * @param event the name of the event
   * @param detail the name of the JSON member that distinguishes events with the same name, such as
   *     {@code reason}
   * @param value the value of the member {@code detail}
   * @param source the name of the JSON member that contains the source, such as {@code
   *     clientAddress}
   */
  record Kind(String event, String detail, String value, String source) {}

  /**
   * A summary of events that were only counted.
   *
   * @param kind the kind of the events
   * @param source the source of the events; null for all sources beyond the maximum number of
   *     sources
   * @param count the number of counted events
   * @param first the time of the first counted event
   * @param last the time of the last counted event
   */
  record Summary(Kind kind, @Nullable String source, long count, Instant first, Instant last) {}

  /** The events of one kind and one source within one minute. */
  private static final class Window {

    private final Instant begin;
    private int written;
    private long counted;
    private Instant first;
    private Instant last;

    Window(Instant now) {
      begin = now;
      first = now;
      last = now;
    }

    /**
     * Returns true if the window has ended, or if the clock was set back to a time before the
     * window.
     */
    boolean isOver(Instant now) {
      return now.isBefore(begin) || !now.isBefore(begin.plus(WINDOW));
    }

    void count(Instant now) {
      first = counted == 0 ? now : first;
      last = now;
      counted++;
    }
  }

  /**
   * Creates a throttle.
   *
   * @param linesPerWindow the maximum number of events of one kind and source that are written in a
   *     minute
   * @param maxSources the maximum number of sources of one kind that are counted separately in a
   *     minute
   * @param summaries receives the summaries; called without a lock, in the thread that calls a
   *     method of this class
   */
  EventThrottle(
      InstantSource clock, int linesPerWindow, int maxSources, Consumer<Summary> summaries) {
    this.clock = clock;
    this.linesPerWindow = linesPerWindow;
    this.maxSources = maxSources;
    this.summaries = summaries;
  }

  /**
   * Returns true if the caller must write the event. Returns false if the event was only counted.
   */
  boolean tryAcquire(Kind kind, String source) {
    List<Summary> over = new ArrayList<>();
    boolean written = note(kind, source, over);
    over.forEach(summaries);
    return written;
  }

  private synchronized boolean note(Kind kind, String source, List<Summary> over) {
    Instant now = clock.instant();
    Map<String, Window> ofKind = windows.computeIfAbsent(kind, any -> new LinkedHashMap<>());
    Window window = ofKind.get(source);
    if (window != null && window.isOver(now)) {
      end(kind, source, ofKind.remove(source), over);
      window = null;
    }
    if (window == null && ofKind.size() >= maxSources) {
      endOver(kind, ofKind, now, over);
    }
    if (window == null && ofKind.size() >= maxSources) {
      others.computeIfAbsent(kind, any -> new Window(now)).count(now);
      return false;
    }
    if (window == null) {
      window = new Window(now);
      ofKind.put(source, window);
    }
    if (window.written < linesPerWindow) {
      window.written++;
      return true;
    }
    window.count(now);
    return false;
  }

  /** Reports the counted events of all windows that have ended. */
  void reportEnded() {
    List<Summary> over = new ArrayList<>();
    synchronized (this) {
      Instant now = clock.instant();
      windows.forEach((kind, ofKind) -> endOver(kind, ofKind, now, over));
      endOthers(now, over);
    }
    over.forEach(summaries);
  }

  /** Reports all counted events that were not reported yet. */
  @Override
  public void close() {
    List<Summary> over = new ArrayList<>();
    synchronized (this) {
      windows.forEach(
          (kind, ofKind) -> ofKind.forEach((source, window) -> end(kind, source, window, over)));
      others.forEach((kind, window) -> end(kind, null, window, over));
      windows.clear();
      others.clear();
    }
    over.forEach(summaries);
  }

  private static void endOver(
      Kind kind, Map<String, Window> ofKind, Instant now, List<Summary> over) {
    Iterator<Map.Entry<String, Window>> oldestFirst = ofKind.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      Map.Entry<String, Window> oldest = oldestFirst.next();
      if (!oldest.getValue().isOver(now)) {
        return;
      }
      end(kind, oldest.getKey(), oldest.getValue(), over);
      oldestFirst.remove();
    }
  }

  private void endOthers(Instant now, List<Summary> over) {
    others
        .entrySet()
        .removeIf(
            entry -> {
              boolean ended = entry.getValue().isOver(now);
              if (ended) {
                end(entry.getKey(), null, entry.getValue(), over);
              }
              return ended;
            });
  }

  private static void end(
      Kind kind, @Nullable String source, @Nullable Window window, List<Summary> over) {
    if (window != null && window.counted > 0) {
      over.add(new Summary(kind, source, window.counted, window.first, window.last));
    }
  }
}
