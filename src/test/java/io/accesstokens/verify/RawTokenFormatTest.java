package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RawTokenFormatTest {

  private static final RawTokenFormat FORMAT = RawTokenFormat.DEFAULT;

  /** The checksum by another implementation: Python's zlib.crc32, written in base62. */
  private static final String VECTOR = "bsat_" + "0".repeat(37) + "22tlr4";

  private static String mint(long seed, RawToken.Kind kind) {
    return FORMAT.mint(kind, new SplittableRandom(seed)).reveal();
  }

  @Property
  void whatIsMintedIsRecognised(@ForAll long seed, @ForAll RawToken.Kind kind) {
    RawToken token = FORMAT.parse(mint(seed, kind)).orElseThrow();
    assertEquals(kind, token.kind());
    assertEquals(mint(seed, kind), token.reveal());
    assertTrue(token.reveal().matches("b[sp]at_[0-9A-Za-z]{43}"));
    assertEquals(token.reveal().substring(0, 12), token.displayPrefix());
    assertFalse(token.toString().contains(token.reveal().substring(5)));
  }

  @Property
  void anyChangedCharacterIsRefused(
      @ForAll long seed, @ForAll @IntRange(max = 47) int at, @ForAll char other) {
    StringBuilder text = new StringBuilder(mint(seed, RawToken.Kind.SERVICE));
    if (text.charAt(at) != other) {
      text.setCharAt(at, other);
      assertTrue(FORMAT.parse(text.toString()).isEmpty());
    }
  }

  @Property(tries = 200)
  void twoSwappedNeighboursAreRefused(@ForAll long seed, @ForAll @IntRange(max = 46) int at) {
    StringBuilder text = new StringBuilder(mint(seed, RawToken.Kind.SERVICE));
    char first = text.charAt(at);
    text.setCharAt(at, text.charAt(at + 1));
    text.setCharAt(at + 1, first);
    boolean same = text.charAt(at) == text.charAt(at + 1);
    assertEquals(same, FORMAT.parse(text.toString()).isPresent());
  }

  @Property
  void junkIsRefused(@ForAll String junk) {
    assertTrue(FORMAT.parse(junk).isEmpty());
    assertTrue(FORMAT.parse("bsat_" + junk).isEmpty());
  }

  @Example
  void theChecksumIsThatOfTheSpecification() {
    assertTrue(FORMAT.parse(VECTOR).isPresent());
    RawTokenFormat other = new RawTokenFormat("x_", "bpat_", false);
    assertTrue(other.parse(VECTOR).isEmpty());
  }

  @Example
  void uncheckedTokensAreRecognisedOnlyWhenAskedFor() {
    String old = "bsat_" + "-_".repeat(21) + "a";
    assertTrue(FORMAT.parse(old).isEmpty());
    RawTokenFormat accepting = new RawTokenFormat("bsat_", "bpat_", true);
    assertTrue(accepting.parse(old).isPresent());
    assertTrue(accepting.parse(old + "a").isEmpty());
    assertTrue(accepting.parse(old.replace("-", "+")).isEmpty());
  }

  @Example
  void theDigestIsTheSha256OfTheText() {
    RawToken token = FORMAT.parse(VECTOR).orElseThrow();
    assertEquals(TokenDigest.LENGTH, token.digest().bytes().length);
    assertEquals(token.digest(), FORMAT.parse(VECTOR).orElseThrow().digest());
  }

  @Example
  void everyCharacterOfTheAlphabetIsUsed() {
    Set<Integer> seen = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      mint(seed, RawToken.Kind.SERVICE).substring(5, 42).chars().forEach(seen::add);
    }
    assertEquals(62, seen.size());
  }

  @Example
  void prefixesAreChecked() {
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
