package io.accesstokens.login;

import java.nio.CharBuffer;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A password as it is hashed and compared: prepared by the OpaqueString profile of RFC 8265 §4.2
 * (as RFC 7617 §2.1 asks of Basic). Every space of Unicode is an ASCII space, the form is NFC, case
 * is kept, control characters are refused.
 *
 * <p>A secret: {@link #toString} is redacted, and {@link #close} wipes it.
 */
public final class PreparedPassword implements AutoCloseable {

  /** The longest password, in UTF-16 units; a bound, not a policy. */
  static final int MAX_LENGTH = 1024;

  private final char[] prepared;

  private PreparedPassword(char[] prepared) {
    this.prepared = prepared;
  }

  /**
   * Prepares what was typed.
   *
   * @return empty if nothing can have this password: it is empty, too long, or holds a control
   *     character or half of a surrogate pair
   */
  public static Optional<PreparedPassword> of(char[] typed) {
    if (typed.length == 0 || typed.length > MAX_LENGTH) {
      return Optional.empty();
    }
    char[] spaced = typed.clone();
    boolean ascii = true;
    for (int i = 0; i < spaced.length; i++) {
      if (Character.getType(spaced[i]) == Character.SPACE_SEPARATOR) {
        spaced[i] = ' ';
      }
      ascii &= spaced[i] < 0x80;
    }
    if (!isText(CharBuffer.wrap(spaced))) {
      Arrays.fill(spaced, '\0');
      return Optional.empty();
    }
    if (ascii) {
      return Optional.of(new PreparedPassword(spaced));
    }
    // The normaliser has no other output than a String, which cannot be wiped.
    char[] composed =
        Normalizer.normalize(CharBuffer.wrap(spaced), Normalizer.Form.NFC).toCharArray();
    Arrays.fill(spaced, '\0');
    return Optional.of(new PreparedPassword(composed));
  }

  /** Without control characters and halves of surrogate pairs. */
  static boolean isText(CharSequence text) {
    return text.codePoints()
        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  /** The characters; the caller wipes nothing, {@link #close} does. */
  public char[] characters() {
    return prepared;
  }

  /** Wipes the characters. */
  @Override
  public void close() {
    Arrays.fill(prepared, '\0');
  }

  /** Redacted. */
  @Override
  public String toString() {
    return "Password(***)";
  }
}
