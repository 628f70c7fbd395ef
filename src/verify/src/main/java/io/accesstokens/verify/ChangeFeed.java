package io.accesstokens.verify;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where changes of verdicts are told: numbered without gaps, in the order of their commits. Read by
 * one thread.
 */
public interface ChangeFeed extends AutoCloseable {

  /** A kind of entry: a token is dead. */
  String REVOKED = "revoked";

  /** A kind of entry: what was known of a token, if only that there is none, is wrong. */
  String CHANGED = "changed";

  /**
   * Reads the feed once, by one look at the store that begins after the call.
   *
   * @param after where the reader stands; null if nowhere: the answer has the last entry alone then
   * @throws VerificationUnavailableException if it cannot be read now
   */
  Page read(@Nullable Position after);

  @Override
  void close();

  /**
   * The random mark of an entry. When a lost number is given again, after a failover or a restore,
   * the mark differs.
   */
  record Mark(String hex) {

    /** The mark of those bytes. */
    public static Mark of(byte[] bytes) {
      return new Mark(HexFormat.of().formatHex(bytes));
    }
  }

  /**
   * The last entry that a reader has applied.
   *
   * @param number of that entry; 0 if the feed was empty
   * @param mark of that entry; empty for number 0
   * @param server who said so
   */
  record Position(long number, Optional<Mark> mark, String server) {

    private static final int MAX_LENGTH = 512;
    private static final Pattern FORM =
        Pattern.compile("1 (0|[1-9]\\d{0,17}) ([0-9a-f]{0,64}) ([\\x21-\\x7E]{1,255})");

    /** As a text that others hand back unread: base64url of all three. */
    public String text() {
      String plain = "1 " + number + ' ' + mark.map(Mark::hex).orElse("") + ' ' + server;
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads what {@link #text} wrote; empty for anything else. */
    public static Optional<Position> parse(String text) {
      if (text.length() > MAX_LENGTH) {
        return Optional.empty();
      }
      String plain;
      try {
        plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
      Matcher parts = FORM.matcher(plain);
      if (!parts.matches()) {
        return Optional.empty();
      }
      String hex = parts.group(2);
      Position position =
          new Position(
              Long.parseLong(parts.group(1)),
              hex.isEmpty() ? Optional.empty() : Optional.of(new Mark(hex)),
              parts.group(3));
      // Padding and stray bits decode, too; one position has one text.
      return position.text().equals(text) ? Optional.of(position) : Optional.empty();
    }
  }

  /**
   * A change of the verdict on a token.
   *
   * @param kind {@link #REVOKED}, {@link #CHANGED}, or one of a later version
   */
  record Entry(long number, Mark mark, TokenDigest digest, String kind) {

    /** Whether it is enough to forget what is known of the digest. */
    public boolean isKnownKind() {
      return Arrays.asList(REVOKED, CHANGED).contains(kind);
    }
  }

  /**
   * What one look at the feed showed.
   *
   * @param counter the number of the last entry there is
   * @param markAtPosition the mark that the entry of the reader's number has now; empty if there is
   *     no such entry any more
   * @param entries those after the position, by number; only the last entry, or none, if there was
   *     no position
   * @param complete whether these are all; if not, there are more to be read at once
   * @param server which server answered; numbers of another one prove nothing
   * @param databaseTime the store's clock at that look
   * @param lease for how long, from before the look was asked for, the reader may rely on what it
   *     shows; zero if not at all
   * @param withheld why the lease is zero, for the operator
   */
  record Page(
      long counter,
      Optional<Mark> markAtPosition,
      List<Entry> entries,
      boolean complete,
      String server,
      Instant databaseTime,
      Duration lease,
      Optional<String> withheld) {
    public Page {
      entries = List.copyOf(entries);
    }

    /** Whether it goes on where the reader stands, and everything in it is understood. */
    boolean follows(Position before) {
      if (!server.equals(before.server()) || !markAtPosition.equals(before.mark())) {
        return false;
      }
      long number = before.number();
      for (Entry entry : entries) {
        number++;
        if (entry.number() != number || !entry.isKnownKind()) {
          return false;
        }
      }
      return complete ? number == counter : number < counter && !entries.isEmpty();
    }

    /**
     * Where a reader stands who has applied it.
     *
     * @param before where it stood; empty if nowhere
     * @return empty if the page does not go on from there: the reader must forget everything, and
     *     begin anew
     */
    public Optional<Position> positionAfter(Optional<Position> before) {
      if (before.isEmpty()) {
        Optional<Mark> last =
            entries.stream()
                .filter(entry -> entry.number() == counter)
                .map(Entry::mark)
                .findFirst();
        return Optional.of(new Position(counter, last, server));
      }
      if (!follows(before.get())) {
        return Optional.empty();
      }
      if (entries.isEmpty()) {
        return before;
      }
      Entry last = entries.get(entries.size() - 1);
      return Optional.of(new Position(last.number(), Optional.of(last.mark()), server));
    }
  }
}
