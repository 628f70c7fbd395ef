package io.accesstokens.login.password;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The credential in {@code Authorization: Basic …} (RFC 7617): base64 of {@code name:password} in
 * UTF-8. The first colon ends the name. A password may contain colons.
 *
 * <p>Contains a secret, which {@link #toString} does not return.
 */
final class BasicCredential {

  private static final String SCHEME = "Basic";

  private final String username;
  private final char[] password;

  private BasicCredential(String username, char[] password) {
    this.username = username;
    this.password = password;
  }

  /**
   * Returns true if at least one of the {@code Authorization} values has the scheme {@code Basic}.
   * Case is ignored.
   */
  static boolean isIn(List<String> authorizations) {
    for (String authorization : authorizations) {
      if (isBasic(authorization)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBasic(String authorization) {
    String value = authorization.strip();
    return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && (value.length() == SCHEME.length()
            || Character.isWhitespace(value.charAt(SCHEME.length())));
  }

  /**
   * Parses the credential. The result is present only if all of these conditions are met:
   *
   * <ul>
   *   <li>There is exactly one {@code Authorization} value, and its scheme is {@code Basic}.
   *   <li>The credential is valid base64 and UTF-8.
   *   <li>The decoded credential has a colon and no control character.
   *   <li>The name before the colon is a valid username (see {@link UsersFile#isUsername}).
   * </ul>
   */
  static Optional<BasicCredential> read(List<String> authorizations) {
    if (authorizations.size() != 1 || !isBasic(authorizations.get(0))) {
      return Optional.empty();
    }
    String base64 = authorizations.get(0).strip().substring(SCHEME.length()).strip();
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    try {
      return split(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static Optional<BasicCredential> split(CharBuffer decoded) {
    int colon = 0;
    while (colon < decoded.length() && decoded.charAt(colon) != ':') {
      colon++;
    }
    if (colon == 0 || colon == decoded.length() || !PreparedPassword.isText(decoded)) {
      return Optional.empty();
    }
    char[] password = new char[decoded.length() - colon - 1];
    decoded.duplicate().position(decoded.position() + colon + 1).get(password);
    String username = decoded.subSequence(0, colon).toString();
    Arrays.fill(decoded.array(), '\0');
    return UsersFile.isUsername(username)
        ? Optional.of(new BasicCredential(username, password))
        : Optional.empty();
  }

  String username() {
    return username;
  }

  /** Returns the internal array with the password, not a copy. */
  char[] password() {
    return password;
  }

  /** Returns a text without the credential. */
  @Override
  public String toString() {
    return "BasicCredential(***)";
  }
}
