package io.accesstokens.login.password;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides which passwords may be hashed for the users file, as described in NIST SP 800-63B,
 * section 5.1.1.2. A password must have a minimum length and must not be common. There are no
 * composition rules.
 *
 * <p>A password is common if one of these conditions is met. Case is ignored.
 *
 * <ul>
 *   <li>The password is in the list of common passwords.
 *   <li>The password is an entry of the list, followed by digits and punctuation ({@code
 *       password1234}). These trailing characters are at most half of the password.
 *   <li>The password is a repeated entry of the list, or a repeated text of less than {@value
 *       #MIN_LISTED_LENGTH} characters ({@code passwordpassword}, {@code abcabcabcabc}). Digits and
 *       punctuation may follow.
 * </ul>
 */
public final class PasswordPolicy {

  /** Minimum length of a password, in code points. */
  public static final int MINIMUM_LENGTH = 12;

  /**
   * Minimum length of an entry in the list of common passwords, in characters. Shorter entries have
   * no effect, because repetitions of a shorter text are always common.
   */
  private static final int MIN_LISTED_LENGTH = 6;

  private static final String RESOURCE = "common-passwords.txt";

  private final Set<String> common;

  private PasswordPolicy(Set<String> common) {
    this.common = common;
  }

  /**
   * Creates a policy with the list of common passwords that is part of this library. Throws {@link
   * IllegalStateException} if the list is missing.
   */
  public static PasswordPolicy load() {
    try (InputStream in = PasswordPolicy.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing");
      }
      return new PasswordPolicy(
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
              .lines()
              .collect(Collectors.toUnmodifiableSet()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the reason for which a new password is rejected, or empty if the password is allowed.
   * The reason contains no part of the password.
   *
   * @param password the typed password; not wiped
   */
  public Optional<String> errorMessage(char[] password) {
    try (PreparedPassword prepared = PreparedPassword.of(password).orElse(null)) {
      if (prepared == null) {
        return Optional.of(
            "a password must have 1 to "
                + PreparedPassword.MAX_LENGTH
                + " characters and no control character");
      }
      String text = new String(prepared.characters());
      if (text.codePointCount(0, text.length()) < MINIMUM_LENGTH) {
        return Optional.of("a password must have at least " + MINIMUM_LENGTH + " characters");
      }
      return isCommon(text.toLowerCase(Locale.ROOT))
          ? Optional.of(
              "the password is a common password or name, or a repeated text, with or without"
                  + " digits or punctuation at its end")
          : Optional.empty();
    }
  }

  private boolean isCommon(String text) {
    // An entry of the list can end with a digit, so each possible length of the suffix is tried.
    for (int end = text.length(); end * 2 >= text.length(); ) {
      if (isListed(text.substring(0, end))) {
        return true;
      }
      if (Character.isLetter(text.codePointBefore(end))) {
        return false;
      }
      end = text.offsetByCodePoints(end, -1);
    }
    return false;
  }

  /**
   * Returns true in these cases:
   *
   * <ul>
   *   <li>The text is in the list of common passwords.
   *   <li>The text consists of repetitions of an entry of the list.
   *   <li>The text consists of repetitions of a text of less than {@link #MIN_LISTED_LENGTH}
   *       characters.
   * </ul>
   */
  private boolean isListed(String text) {
    if (common.contains(text)) {
      return true;
    }
    for (int unit = 1; unit <= text.length() / 2; unit++) {
      boolean repeated =
          text.length() % unit == 0 && text.regionMatches(unit, text, 0, text.length() - unit);
      if (repeated && (unit < MIN_LISTED_LENGTH || common.contains(text.substring(0, unit)))) {
        return true;
      }
    }
    return false;
  }
}
