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
 * The source of changes of verdicts. Changes are numbered without gaps, in the order of their
 * commits. An instance is used by one thread.
 */
public interface ChangeFeed extends AutoCloseable {

  /** The kind of an entry which reports that a token was revoked. */
  String REVOKED = "revoked";

  /**
   * The kind of an entry which reports that the facts of a token have changed. The old facts may be
   * that there is no such token.
   */
  String CHANGED = "changed";

  /**
   * Reads the feed once, by one read of the store that begins after the call.
   *
   * @param after the position of the reader; null if it has none: the page then holds only the last
   *     entry
   * @throws VerificationUnavailableException if the feed cannot be read now
   */
  Page read(@Nullable Position after);

  @Override
  void close();

  /**
   * The random mark of an entry. If a lost number is used again, after a failover or a restore, the
   * mark differs.
   */
  record EntryNonce(String hex) {

    /** Returns the mark with these bytes. */
    public static EntryNonce of(byte[] bytes) {
      return new EntryNonce(HexFormat.of().formatHex(bytes));
    }
  }

  /**
   * The last entry that a reader has applied.
   *
   * @param number the number of that entry; 0 if the feed was empty
   * @param mark the mark of that entry; empty for number 0
   * @param server the server that reported that entry
   */
  record Position(long number, Optional<EntryNonce> mark, String server) {

    private static final int MAX_LENGTH = 512;
    private static final Pattern FORM =
        Pattern.compile("1 (0|[1-9]\\d{0,17}) ([0-9a-f]{0,64}) ([\\x21-\\x7E]{1,255})");

    /**
     * Returns an opaque text of this position: base64url of all three parts. Clients send it back
     * unchanged.
     */
    public String text() {
      String plain = "1 " + number + ' ' + mark.map(EntryNonce::hex).orElse("") + ' ' + server;
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** Parses the result of {@link #text}; returns empty for any other text. */
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
              hex.isEmpty() ? Optional.empty() : Optional.of(new EntryNonce(hex)),
              parts.group(3));
      // Base64 decoding also accepts padding and stray bits. Each position has only one text.
      return position.text().equals(text) ? Optional.of(position) : Optional.empty();
    }
  }

  /**
   * A change of the verdict on a token.
   *
   * @param kind {@link #REVOKED}, {@link #CHANGED}, or a kind from a later version
   */
  record Entry(long number, EntryNonce mark, TokenDigest digest, String kind) {

    /**
     * Returns true if this version knows the kind. For a known kind it is enough to evict the
     * digest.
     */
    public boolean isKnownKind() {
      return Arrays.asList(REVOKED, CHANGED).contains(kind);
    }
  }

  /**
   * The result of one read of the feed.
   *
   * @param counter the number of the last entry in the feed
   * @param markAtPosition the current mark of the entry with the reader's number; empty if that
   *     entry does not exist any more
   * @param entries the entries after the reader's position, by number; only the last entry, or
   *     none, if the reader had no position
   * @param complete true if these are all entries; otherwise the next page can be read at once
   * @param server the server that was read; numbers from another server prove nothing
   * @param databaseTime the store's clock at that read
   * @param lease how long the reader may rely on this page, counted from before the request; zero
   *     if not at all
   * @param withheld why the lease is zero, for the operator
   */
  record Page(
      long counter,
      Optional<EntryNonce> markAtPosition,
      List<Entry> entries,
      boolean complete,
      String server,
      Instant databaseTime,
      Duration lease,
      Optional<String> withheld) {
    public Page {
      entries = List.copyOf(entries);
    }

    /**
     * Returns true if this page continues at the reader's position, and all its entries are of
     * known kinds.
     */
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
     * Returns the position of a reader that has applied this page.
     *
     * @param before the position before this page; empty if there was none
     * @return empty if the page does not continue at that position: the reader must evict
     *     everything and start again
     */
    public Optional<Position> positionAfter(Optional<Position> before) {
      if (before.isEmpty()) {
        Optional<EntryNonce> last =
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
