package io.accesstokens.login.openid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a browser stays in this application after a sign-in, for every redirect path. */
class RedirectPathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/admin/access-tokens",
        "/admin/access-tokens?q=a%20b&sort=-name",
        "/settings/personal-tokens/consent?flow=x:y",
        "/a//b"
      })
  void pathsOfTheApplicationAreKept(String path) {
    assertTrue(RedirectPath.isValid(path), path);
    OpenIdAttempt attempt = OpenIdAttempt.start(path, false, new SecureRandom());
    assertEquals(path, OpenIdAttempt.parse(attempt.cookie()).orElseThrow().redirectPath());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "/\t/evil.example",
        "/a\nb",
        "/a b",
        "/a#b",
        "/\u00e9",
        "/%",
        "/a?b=%2",
        "/%zz",
        "/\"><script>"
      })
  void otherPathsBecomeTheRoot(String path) {
    assertFalse(RedirectPath.isValid(path), path);
    String cookie =
        "A".repeat(43)
            + '.'
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(path.getBytes(StandardCharsets.UTF_8));
    assertEquals("/", OpenIdAttempt.parse(cookie).orElseThrow().redirectPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "admin/access-tokens?q=a", "https://evil.example", "evil.example"})
  void missingFirstSlashIsAdded(String path) {
    assertEquals('/' + path, RedirectPath.orRoot(path));
  }

  @Test
  void tooLongPathIsInvalid() {
    assertTrue(RedirectPath.isValid("/" + "a".repeat(999)), "a path of 1,000 characters is valid");
    assertFalse(
        RedirectPath.isValid("/" + "a".repeat(1_000)), "a path of 1,001 characters is not valid");
  }

  @Test
  void attemptIsBoundToItsSecret() {
    OpenIdAttempt one = OpenIdAttempt.start("/", false, new SecureRandom());
    OpenIdAttempt two = OpenIdAttempt.start("/", false, new SecureRandom());
    OpenIdAttempt read = OpenIdAttempt.parse(one.cookie()).orElseThrow();
    assertEquals(one.codeVerifier(), read.codeVerifier());
    assertEquals(one.nonce(), read.nonce());
    assertTrue(read.matchesState(one.state()), "the own state is accepted");
    assertFalse(read.matchesState(two.state()), "the state of another attempt is refused");
    assertFalse(read.matchesState(one.nonce()), "the nonce is not the state");
    assertFalse(read.matchesState(""), "an empty state is refused");
    assertEquals(43, one.codeVerifier().length());
    assertFalse(
        one.cookie().contains(one.codeVerifier()), "the cookie does not contain the code verifier");
    assertFalse(one.toString().contains(one.cookie().substring(0, 43)), one.toString());
    assertEquals(Optional.empty(), OpenIdAttempt.parse("x"));
    assertEquals(Optional.empty(), OpenIdAttempt.parse("A".repeat(43) + ".A"));
  }
}
