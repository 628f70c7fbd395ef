package io.accesstokens.verify;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.roundTrip;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * Fuzzes texts that have exactly one meaning: raw tokens, entity refs, feed positions. Also fuzzes
 * the products of clients.
 */
class TokenTextFuzzTest {

  private static final String BASE_62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final RawTokenFormat UNCHECKED = new RawTokenFormat("bsat_", "bpat_", true);

  @FuzzTest
  @DictionaryEntries({
    "bsat_",
    "bpat_",
    "group:default/platform",
    "user:default/dave",
    "Group:",
    "USER:",
    "MSAwICBh",
    "curl/8.5.0 (x)"
  })
  void texts(byte[] input) {
    String text = text(input);
    rawToken(text);
    minted(input);
    product(text);
    EntityRef.parseGroup(text).ifPresent(ref -> isCanonical(ref, EntityRef.GROUP));
    EntityRef.parseUser(text).ifPresent(ref -> isCanonical(ref, EntityRef.USER));
    ChangeFeed.Position.parse(text)
        .ifPresent(position -> same("a position has one text", text, position.text()));
  }

  private static void product(String text) {
    String product = new ClientInfo(null, text).product();
    if (product != null) {
      holds("a short product", product.length() <= ClientInfo.MAX_PRODUCT_LENGTH);
      holds(
          "the form of a product",
          product.matches("[0-9A-Za-z!#$%&'*+.^_`|~-]+(/[0-9A-Za-z!#$%&'*+.^_`|~-]+)?"));
      holds("the text begins with its product", text.startsWith(product));
      same("the product of a product", product, new ClientInfo(null, product).product());
      holds("no raw token", UNCHECKED.parse(product).isEmpty());
    }
  }

  private static void rawToken(String text) {
    Optional<RawToken> strict = RawTokenFormat.DEFAULT.parse(text);
    Optional<RawToken> lenient = UNCHECKED.parse(text);
    same("what the strict format reads", hasChecksum(text), strict.isPresent());
    holds("the lenient format reads more", strict.isEmpty() || lenient.isPresent());
    lenient.ifPresent(
        token -> {
          same("the text of a raw token", text, token.reveal());
          holds("it begins like a raw token", RawTokenFormat.DEFAULT.hasPrefix(text));
          same("the displayed prefix", text.substring(0, 12), token.displayPrefix());
          holds("a raw token is redacted", !token.toString().contains(text));
        });
  }

  /** Computes the checksum in another way than the product. */
  private static boolean hasChecksum(String text) {
    if (!text.matches("(bsat_|bpat_)[0-9A-Za-z]{43}")) {
      return false;
    }
    String start = text.substring(0, text.length() - 6);
    CRC32 crc = new CRC32();
    crc.update(start.getBytes(StandardCharsets.US_ASCII));
    BigInteger sum = BigInteger.ZERO;
    for (char c : text.substring(start.length()).toCharArray()) {
      sum = sum.multiply(BigInteger.valueOf(62)).add(BigInteger.valueOf(BASE_62.indexOf(c)));
    }
    return sum.equals(BigInteger.valueOf(crc.getValue()));
  }

  /** Changes one character of a new token, and asserts that the checksum detects it. */
  private static void minted(byte[] input) {
    if (input.length != 2) {
      return;
    }
    RawToken.Kind kind = (input[0] & 1) == 0 ? RawToken.Kind.SERVICE : RawToken.Kind.PERSONAL;
    String minted = RawTokenFormat.DEFAULT.create(kind, new Random(input[0])).reveal();
    roundTrip(
        RawTokenFormat.DEFAULT.parse(minted).orElseThrow(),
        RawToken::reveal,
        RawTokenFormat.DEFAULT::parse);
    int at = 5 + (input[1] & 0xFF) % 43;
    char other = BASE_62.charAt((BASE_62.indexOf(minted.charAt(at)) + 1) % BASE_62.length());
    String changed = minted.substring(0, at) + other + minted.substring(at + 1);
    same("a changed token", Optional.empty(), RawTokenFormat.DEFAULT.parse(changed));
  }

  private static void isCanonical(EntityRef ref, String kind) {
    String text = ref.toString();
    same("the kind", kind, ref.kind());
    holds("at most 255 characters", text.codePointCount(0, text.length()) <= EntityRef.MAX_LENGTH);
    same(
        "the ref that the canonical text means",
        Optional.of(ref),
        kind.equals(EntityRef.GROUP) ? EntityRef.parseGroup(text) : EntityRef.parseUser(text));
    holds("no control character", text.chars().noneMatch(Character::isISOControl));
  }
}
