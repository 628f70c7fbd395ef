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
 * Decides which audit events are written one by one, and counts the others. The first events of a
 * kind and source are written at once. Later events within a minute are counted. One {@link
 * Summary} reports them when the minute ends or when this object is closed, so no event is lost.
 *
 * <p>The number of sources per kind is bounded. Events of further sources are counted together.
 * Thread-safe.
 */
final class EventThrottle implements AutoCloseable {

  /** The length of a window. A window begins with the first event of a kind and source. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final int linesPerWindow;
  private final int mostSources;
  private final Consumer<Summary> summaries;

  /** Guarded by this. The windows of a kind are ordered by their beginning. */
  private final Map<Kind, Map<String, Window>> windows = new HashMap<>();

  /** The windows of all sources above the maximum number, one for each kind. Guarded by this. */
  private final Map<Kind, Window> others = new HashMap<>();

  /**
   * The kind of an event. The number of kinds is not bounded here, so callers must use only a few.
   *
   * @param event the name of the event
   * @param detail the member that distinguishes events of that name, such as {@code reason}
   * @param value the value of that member
   * @param source the member that names the source, such as {@code clientAddress}
   */
  record Kind(String event, String detail, String value, String source) {}

  /**
   * Reports events that were counted instead of written.
   *
   * @param source the source, or null if the events came from sources beyond the bound
   * @param first the time of the first of these events
   * @param last the time of the last of these events
   */
  record Summary(Kind kind, @Nullable String source, long count, Instant first, Instant last) {}

  /** One minute of a kind and source. */
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

    /** Returns true if the window is over, or if the clock was set back to before its beginning. */
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
   * @param linesPerWindow the number of events of a kind and source that are written in a minute
   * @param mostSources the number of sources of a kind that are counted separately in a minute
   * @param summaries is called without a lock, by threads that report events
   */
  EventThrottle(
      InstantSource clock, int linesPerWindow, int mostSources, Consumer<Summary> summaries) {
    this.clock = clock;
    this.linesPerWindow = linesPerWindow;
    this.mostSources = mostSources;
    this.summaries = summaries;
  }

  /** Returns true if the caller must write the event. Otherwise the event is counted. */
  boolean isWritten(Kind kind, String source) {
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
    if (window == null && ofKind.size() >= mostSources) {
      endOver(kind, ofKind, now, over);
    }
    if (window == null && ofKind.size() >= mostSources) {
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

  /** Reports the windows that are over. */
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
