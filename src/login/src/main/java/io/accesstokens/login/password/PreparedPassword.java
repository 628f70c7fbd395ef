package io.accesstokens.login.password;

import java.nio.CharBuffer;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A password in Unicode NFC (RFC 7617, section 2.1), prepared by the OpaqueString profile (RFC
 * 8265, section 4.2). Every Unicode space becomes an ASCII space, and upper and lower case remain
 * different. Control characters are rejected.
 *
 * <p>Contains a secret. {@link #toString} does not return the secret, and {@link #close} wipes the
 * secret.
 */
public final class PreparedPassword implements AutoCloseable {

  /** Maximum length of a password, in UTF-16 code units. */
  static final int MAX_LENGTH = 1024;

  private final char[] prepared;

  private PreparedPassword(char[] prepared) {
    this.prepared = prepared;
  }

  /**
   * Converts a typed password to the normalized form.
   *
   * @return empty if the password is empty, is too long, or contains a control character or half of
   *     a surrogate pair
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
    // The normalizer can only return a String, which cannot be wiped.
    char[] composed =
        Normalizer.normalize(CharBuffer.wrap(spaced), Normalizer.Form.NFC).toCharArray();
    Arrays.fill(spaced, '\0');
    return Optional.of(new PreparedPassword(composed));
  }

  /** Returns true if the text has no control characters and no unpaired surrogates. */
  static boolean isText(CharSequence text) {
    return isPrintableAscii(text)
        || text.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  /** Returns true if all characters are ASCII, and none is a space or a control character. */
  static boolean isPrintableAscii(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the internal array of characters, not a copy. The caller must not wipe the array,
   * because {@link #close} wipes the array.
   */
  public char[] characters() {
    return prepared;
  }

  /** Wipes the characters. */
  @Override
  public void close() {
    Arrays.fill(prepared, '\0');
  }

  /** Returns a text without the password. */
  @Override
  public String toString() {
    return "Password(***)";
  }
}
