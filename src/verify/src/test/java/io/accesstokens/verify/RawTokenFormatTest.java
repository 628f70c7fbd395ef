package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RandomCase;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RawTokenFormatTest {

  private static final RawTokenFormat FORMAT = RawTokenFormat.DEFAULT;

  /** The checksum of another implementation: Python's zlib.crc32, written in base62. */
  private static final String VECTOR = "bsat_" + "0".repeat(37) + "22tlr4";

  private static String mint(long seed, RawToken.Kind kind) {
    return FORMAT.create(kind, new SplittableRandom(seed)).reveal();
  }

  private static StringBuilder minted(RandomCase any) {
    return new StringBuilder(mint(any.number(), RawToken.Kind.SERVICE));
  }

  @Test
  void mintedTokenIsParsed() {
    RandomCase.check(
        1000,
        any -> {
          long seed = any.number();
          RawToken.Kind kind = any.oneOf(List.of(RawToken.Kind.values()));
          RawToken token = FORMAT.parse(mint(seed, kind)).orElseThrow();
          assertEquals(kind, token.kind());
          assertEquals(mint(seed, kind), token.reveal());
          assertTrue(token.reveal().matches("b[sp]at_[0-9A-Za-z]{43}"), token.reveal());
          assertEquals(token.reveal().substring(0, 12), token.displayPrefix());
          assertFalse(token.toString().contains(token.reveal().substring(5)), token.toString());
        });
  }

  @Test
  void changedCharacterIsRejected() {
    RandomCase.check(
        1000,
        any -> {
          StringBuilder text = minted(any);
          int at = any.below(48);
          char other = any.character();
          if (text.charAt(at) != other) {
            text.setCharAt(at, other);
            assertTrue(FORMAT.parse(text.toString()).isEmpty(), text::toString);
          }
        });
  }

  @Test
  void swappedCharactersAreRejected() {
    RandomCase.check(
        1000,
        any -> {
          StringBuilder text = minted(any);
          int at = any.below(47);
          char first = text.charAt(at);
          text.setCharAt(at, text.charAt(at + 1));
          text.setCharAt(at + 1, first);
          boolean same = text.charAt(at) == text.charAt(at + 1);
          assertEquals(same, FORMAT.parse(text.toString()).isPresent(), text::toString);
        });
  }

  @Test
  void randomTextIsRejected() {
    RandomCase.check(
        1000,
        any -> {
          String junk = any.text(255);
          assertTrue(FORMAT.parse(junk).isEmpty(), junk);
          assertTrue(FORMAT.parse("bsat_" + junk).isEmpty(), "bsat_" + junk);
        });
  }

  @Test
  void checksumMatchesTheSpecification() {
    assertTrue(FORMAT.parse(VECTOR).isPresent(), "the checksum of the vector is rejected");
    RawTokenFormat other = new RawTokenFormat("x_", "bpat_", false);
    assertEquals(Optional.empty(), other.parse(VECTOR));
  }

  @Test
  void tokenWithoutChecksumIsParsedOnlyIfConfigured() {
    String old = "bsat_" + "-_".repeat(21) + "a";
    assertEquals(Optional.empty(), FORMAT.parse(old));
    RawTokenFormat accepting = new RawTokenFormat("bsat_", "bpat_", true);
    assertTrue(accepting.parse(old).isPresent(), old);
    assertEquals(Optional.empty(), accepting.parse(old + "a"));
    assertEquals(Optional.empty(), accepting.parse(old.replace("-", "+")));
  }

  @Test
  void tokenIsFoundInsideText() {
    String other =
        new RawTokenFormat("x_", "y_", false)
            .create(RawToken.Kind.PERSONAL, new SplittableRandom(1))
            .reveal();
    String old = "bpat_" + "-_".repeat(21) + "a";
    for (String token : List.of(VECTOR, mint(1, RawToken.Kind.PERSONAL), other, old)) {
      for (String text :
          List.of("%s", "TOKEN_%s", "found \ud83d\ude00_'%s' today", "a%sz", "_%s_")) {
        String containing = text.formatted(token);
        assertTrue(RawTokenFormat.isContainedIn(containing), containing);
      }
      String cut = token.substring(0, token.length() - 1);
      assertFalse(RawTokenFormat.isContainedIn(cut), cut);
    }
    for (String text :
        List.of(
            "",
            "_",
            "a_" + "0".repeat(43),
            VECTOR.substring(0, 12),
            VECTOR.substring(5),
            "an_identifier_" + "of_a_function".repeat(20),
            "bsat_" + "\ud83d\ude00".repeat(43),
            "\ud83d".repeat(9) + "_" + "\ud83d".repeat(43))) {
      assertFalse(RawTokenFormat.isContainedIn(text), text);
    }
  }

  @Test
  void charactersOutsideAsciiAreRejected() {
    RawTokenFormat accepting = new RawTokenFormat("bsat_", "bpat_", true);
    for (String other : List.of("\u00e9", "\u0130", "\uff10", "\ud83d\ude00", "\ud83d", "?")) {
      for (int at = 5; at + other.length() <= VECTOR.length(); at++) {
        String text = VECTOR.substring(0, at) + other + VECTOR.substring(at + other.length());
        assertEquals(Optional.empty(), FORMAT.parse(text), text);
        assertEquals(Optional.empty(), accepting.parse(text), text);
      }
    }
  }

  @Test
  void digestIsTheSha256OfTheText() throws NoSuchAlgorithmException {
    RawToken token = FORMAT.parse(VECTOR).orElseThrow();
    byte[] text = VECTOR.getBytes(StandardCharsets.US_ASCII);
    assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(text), token.digest().bytes());
    assertEquals(token.digest(), FORMAT.parse(VECTOR).orElseThrow().digest());
  }

  @Test
  void everyCharacterOfTheAlphabetIsUsed() {
    Set<Integer> seen = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      mint(seed, RawToken.Kind.SERVICE).substring(5, 42).chars().forEach(seen::add);
    }
    assertEquals(62, seen.size());
  }

  @Test
  void invalidPrefixIsRejected() {
    for (String prefix :
        List.of("", "_", "bsat", "Bsat_", "1sat_", "waytoolong_", "b-t_", "bs_t_")) {
      assertThrows(
          IllegalArgumentException.class, () -> new RawTokenFormat(prefix, "bpat_", false));
    }
    assertThrows(IllegalArgumentException.class, () -> new RawTokenFormat("a_", "a_", false));
    for (String prefix : Arrays.asList("a_", "abcdefg_", "a1_")) {
      assertEquals(prefix, new RawTokenFormat(prefix, "bpat_", false).servicePrefix());
    }
  }
}
