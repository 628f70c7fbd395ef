package io.accesstokens.login.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordPolicyTest {

  private static final PasswordPolicy POLICY = PasswordPolicy.load();

  private static Optional<String> errorMessage(String password) {
    return POLICY.errorMessage(password.toCharArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "correct horse",
        "xkcd-is-not-a-word",
        "twelve chars",
        "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02\uD83D\uDE03\uD83D\uDE04\uD83D\uDE05\uD83D\uDE06"
            + "\uD83D\uDE07\uD83D\uDE08\uD83D\uDE09\uD83D\uDE0A\uD83D\uDE0B",
        "dragon7192836451", // more digits than word
        "aaaaaaaaaaaab",
        "qzxwvkqzxwvk", // repeats six characters that are not in the list
        "my password1234"
      })
  void goodPasswordIsAccepted(String password) {
    assertEquals(Optional.empty(), errorMessage(password));
    assertEquals(Optional.empty(), errorMessage(password + " and more".repeat(6)), "over 64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "elevenchars",
        // 11 code points in 22 UTF-16 units
        "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02\uD83D\uDE03\uD83D\uDE04\uD83D\uDE05\uD83D\uDE06"
            + "\uD83D\uDE07\uD83D\uDE08\uD83D\uDE09\uD83D\uDE0A"
      })
  void shortPasswordIsRefused(String password) {
    assertEquals(
        Optional.of("a password must have at least 12 characters"), errorMessage(password));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1qaz2wsx3edc", // in the list itself
        "1QAZ2wsx3EDC",
        "password1234",
        "123456789012", // an entry that ends with digits, and more digits
        "qwe123!20261",
        "Password1234",
        "password!!!!",
        "letmein-2024!",
        "michael19841",
        "passwordpassword",
        "PasswordPassword1!",
        "dragondragondragon",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "1212121212121212"
      })
  void commonPasswordIsRefused(String password) {
    String errorMessage = errorMessage(password).orElse("nothing");
    assertTrue(errorMessage.startsWith("the password is a common password or name"), errorMessage);
    assertTrue(!errorMessage.contains(password), errorMessage);
  }

  @Test
  void textThatCannotBeAPasswordIsRefused() {
    for (String text : new String[] {"", "control\u0007character", "x".repeat(1025)}) {
      assertTrue(errorMessage(text).orElse("nothing").contains("1 to 1024"), text);
    }
    assertEquals(Optional.empty(), errorMessage("x".repeat(1023) + "y"));
  }
}
