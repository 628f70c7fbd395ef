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
 * A feed of all changes that can affect the verdict on a token. Changes are numbered without gaps,
 * in the order of their commits. Only one thread may use an instance.
 */
public interface ChangeFeed extends AutoCloseable {

  /** The kind of an entry for a token that was revoked. */
  String REVOKED = "revoked";

  /**
   * The kind of an entry for a token whose facts have changed, but not by a revocation. For
   * example, the token was imported.
   */
  String CHANGED = "changed";

  /** The server in the page of a service that has no change feed, for example on embedded H2. */
  String NO_SERVER = "none";

  /**
   * Reads one page of the feed. A feed in the same process reads the store during the call. A
   * remote service can use the result of an earlier read. The lease is then shorter by the age of
   * that read.
   *
   * @param after the position of the reader. If null, the page holds only the last entry.
   * @throws VerificationUnavailableException if the feed cannot be read now
   */
  Page read(@Nullable Position after);

  @Override
  void close();

  /**
   * A random value that distinguishes entries with the same change number. After a failover or a
   * restore of the store, a new entry can have the change number of a lost entry. The two entries
   * then have different nonces.
   *
   * @param hex the value in hexadecimal
   */
  record EntryNonce(String hex) {

    /** Returns a nonce with these bytes. */
    public static EntryNonce of(byte[] bytes) {
      return new EntryNonce(HexFormat.of().formatHex(bytes));
    }
  }

  /**
   * A position in the feed: the last entry that a reader has received or applied.
   *
   * @param number the change number of that entry; 0 if the feed was empty
   * @param nonce the nonce of that entry; empty for number 0, or if it is not known
   * @param server the database server that reported that entry
   */
  record Position(long number, Optional<EntryNonce> nonce, String server) {

    private static final int MAX_LENGTH = 512;
    private static final Pattern FORM =
        Pattern.compile("1 (0|[1-9]\\d{0,17}) ([0-9a-f]{0,64}) ([\\x21-\\x7E]{1,255})");

    /**
     * Returns this position as text: the base64url encoding of its three parts. Clients treat the
     * text as opaque and send it back unchanged.
     */
    public String text() {
      String plain = "1 " + number + ' ' + nonce.map(EntryNonce::hex).orElse("") + ' ' + server;
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
      // Base64 decoding also accepts padding and stray bits. Only the canonical text is accepted.
      return position.text().equals(text) ? Optional.of(position) : Optional.empty();
    }
  }

  /**
   * A change that can affect the verdict on a token.
   *
   * @param number the change number of this entry
   * @param nonce the nonce of this entry
   * @param digest the digest of the token
   * @param kind {@link #REVOKED}, {@link #CHANGED}, or a kind from a later version
   */
  record Entry(long number, EntryNonce nonce, TokenDigest digest, String kind) {

    /**
     * Returns true if this version of the software knows the kind of this entry. For each known
     * kind, a reader evicts the digest from its cache.
     */
    public boolean isKnownKind() {
      return Arrays.asList(REVOKED, CHANGED).contains(kind);
    }
  }

  /**
   * The result of one read of the feed.
   *
   * @param lastNumber the change number of the last entry in the feed
   * @param nonceAtPosition the current nonce of the entry at the reader's position; empty if the
   *     feed has no entry at this position
   * @param entries the entries after the reader's position, in the order of their numbers. If the
   *     reader had no position, the list holds only the last entry of the feed, or none if the feed
   *     is empty.
   * @param complete true if no more entries follow; false if the reader should read the next page
   *     immediately
   * @param server the database server that was read, or {@link #NO_SERVER}. Readers must not
   *     compare the change numbers of two servers.
   * @param databaseTime the time of the store's clock at the read
   * @param lease how long the reader may rely on this page, counted from the start of the request;
   *     zero if the reader must not rely on this page
   * @param withheld the reason why the lease is zero, for the operator; empty if the lease is not
   *     zero
   */
  record Page(
      long lastNumber,
      Optional<EntryNonce> nonceAtPosition,
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
     * Returns true if no entry is missing between a position and this page, and this version of the
     * software knows the kinds of all entries.
     *
     * @param before the position of the reader before this page
     */
    boolean follows(Position before) {
      if (!server.equals(before.server()) || !nonceAtPosition.equals(before.nonce())) {
        return false;
      }
      long number = before.number();
      for (Entry entry : entries) {
        number++;
        if (entry.number() != number || !entry.isKnownKind()) {
          return false;
        }
      }
      return complete ? number == lastNumber : number < lastNumber && !entries.isEmpty();
    }

    /**
     * Returns the position of a reader that has applied this page.
     *
     * @param before the reader's position when it requested this page; empty if the reader had no
     *     position
     * @return the new position; empty if entries between {@code before} and this page may be
     *     missing, or if the kind of an entry is unknown. After an empty result, the reader must
     *     clear its cache and read again without a position.
     */
    public Optional<Position> positionAfter(Optional<Position> before) {
      if (before.isEmpty()) {
        Optional<EntryNonce> last =
            entries.stream()
                .filter(entry -> entry.number() == lastNumber)
                .map(Entry::nonce)
                .findFirst();
        return Optional.of(new Position(lastNumber, last, server));
      }
      if (!follows(before.get())) {
        return Optional.empty();
      }
      if (entries.isEmpty()) {
        return before;
      }
      Entry last = entries.get(entries.size() - 1);
      return Optional.of(new Position(last.number(), Optional.of(last.nonce()), server));
    }
  }
}
