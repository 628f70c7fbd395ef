package io.accesstokens.login.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

  private static final String SALT = Base64.getEncoder().encodeToString(new byte[16]);
  private static final String HASH = Base64.getEncoder().encodeToString(new byte[32]);

  private static String text(Object iterations, String salt, String hash) {
    return "pbkdf2-sha256$" + iterations + '$' + salt + '$' + hash;
  }

  @Test
  void hashMatchesOnlyItsPasswordAndRoundTripsAsText() {
    PasswordHash hash = PasswordHash.create("correct horse".toCharArray());
    PasswordHash read = PasswordHash.parse(hash.text());
    assertEquals(hash.text(), read.text());
    assertTrue(hash.text().startsWith("pbkdf2-sha256$600000$"), hash.text());
    assertTrue(read.matches("correct horse".toCharArray()), "the password matches");
    assertFalse(
        read.matches("correct Horse".toCharArray()), "a password in another case does not match");
    assertNotEquals(hash.text(), PasswordHash.create("correct horse".toCharArray()).text());
    assertEquals("PasswordHash(***)", hash.toString());
  }

  @Test
  void agreesWithAnIndependentImplementation() {
    // python3: hashlib.pbkdf2_hmac("sha256", "pässword".encode(), bytes(range(16)), 600000)
    PasswordHash python =
        PasswordHash.parse(
            "pbkdf2-sha256$600000$AAECAwQFBgcICQoLDA0ODw$"
                + "NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o");
    assertTrue(python.matches("p\u00e4ssword".toCharArray()), "the composed form matches");
    // The same letter as two code points, as some keyboards produce it.
    assertTrue(python.matches("pa\u0308ssword".toCharArray()), "the decomposed form matches");
  }

  @Test
  void unicodeSpacesEqualTheAsciiSpace() {
    try (PreparedPassword ideographic = prepared("a\u3000b\u00a0c");
        PreparedPassword ascii = prepared("a b c")) {
      assertEquals(String.valueOf(ascii.characters()), String.valueOf(ideographic.characters()));
      assertEquals("Password(***)", ascii.toString());
    }
  }

  private static PreparedPassword prepared(String typed) {
    return PreparedPassword.of(typed.toCharArray()).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\0", "\u007f", "\u0085", "\ud800", "a\udc00b"})
  void invalidPasswordIsRefusedAndMatchesNothing(String typed) {
    char[] password = typed.toCharArray();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.create(password));
    assertFalse(String.valueOf(e.getMessage()).contains("\n"), e.toString());
    assertFalse(
        PasswordHash.parse(text(600_000, SALT, HASH)).matches(password),
        "an invalid password matches no hash");
  }

  @Test
  void passwordLengthIsBounded() {
    assertThrows(
        IllegalArgumentException.class, () -> PasswordHash.create("x".repeat(1025).toCharArray()));
    assertTrue(
        PreparedPassword.of("x".repeat(1024).toCharArray()).isPresent(),
        "1,024 characters are accepted");
  }

  @Test
  void paddingIsOptional() {
    String bare = text(600_000, SALT.replace("=", ""), HASH.replace("=", ""));
    assertEquals(bare, PasswordHash.parse(text(600_000, SALT, HASH)).text());
    assertEquals(bare, PasswordHash.parse(bare).text());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2048, 599_999, 5_000_001, 999_999_999})
  void tooFewOrTooManyIterationsAreRefused(int iterations) {
    assertThrows(
        IllegalArgumentException.class, () -> PasswordHash.parse(text(iterations, SALT, HASH)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "pbkdf2-sha256$600000$c2FsdA==",
        "pbkdf2-sha256$600000$c2FsdHNhbHRzYWx0c2E=$aGFzaA==",
        "pbkdf2-sha256$0600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256$99999999999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256$-600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha1$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAA=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256$600000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        " pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      })
  void malformedHashesAreRefusedWithoutQuotingThem(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> PasswordHash.parse(text));
    assertTrue(text.isEmpty() || !e.toString().contains(text), e.toString());
    assertEquals(null, e.getCause());
  }
}
