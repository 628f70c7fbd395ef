package io.accesstokens.app.command.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.TreeSet;

/**
 * The late entries of one import (see {@link LateEntries}). A long pause between two tokens ends
 * the import.
 */
final class ImportRun {

  /** Maximum number of tokens that the description of an import names. */
  private static final int MAX_NAMED = 20;

  private final String actor;
  private final Instant first;
  private final TreeSet<String> named = new TreeSet<>();
  private Instant last;
  private long tokens;
  private long events;

  /**
   * Creates an import to which no token was added yet.
   *
   * @param actor the user or program that has imported the tokens
   * @param first the time at which the first token was imported
   */
  ImportRun(String actor, Instant first) {
    this.actor = actor;
    this.first = first;
    this.last = first;
  }

  /**
   * Returns true if a token belongs to this import: it was imported shortly before or after the
   * token that was added last.
   *
   * @param time the time at which the token was imported
   * @param maxPause the maximum time between two successive tokens of an import
   */
  boolean continuesAt(Instant time, Duration maxPause) {
    return Duration.between(last, time).abs().compareTo(maxPause) <= 0;
  }

  /** Adds the late entries of a token. */
  void add(String token, int count, Instant time) {
    tokens++;
    events += count;
    last = time;
    named.add(token);
    if (named.size() > MAX_NAMED) {
      var unused = named.pollLast();
    }
  }

  /** Returns a sentence that describes the import. */
  @Override
  public String toString() {
    return "an import by "
        + actor
        + (first.equals(last) ? " at " + first : " from " + first + " to " + last)
        + " has added "
        + events
        + (events == 1 ? " event" : " events")
        + " with earlier times to "
        + tokens
        + (tokens == 1 ? " token: " : " tokens: ")
        + String.join(", ", named)
        + (tokens > named.size() ? " and others" : "")
        + "; compare them with the source of the import, because the log does not prove them";
  }
}
