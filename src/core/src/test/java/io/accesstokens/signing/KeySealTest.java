package io.accesstokens.signing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemorySigningKeyStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySealTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final KeySeal SEAL = KeySeal.random(RANDOM);
  private static final SealedKey ROW = row();
  private static final SealedKey OTHER = row();

  private static SealedKey row() {
    InMemorySigningKeyStore store = new InMemorySigningKeyStore();
    SigningKeys.open(store, SEAL, Duration.ofDays(1), Clock.systemUTC(), RANDOM);
    return store.all().get(0);
  }

  @Test
  void sealedKeyIsOpened() {
    SigningKey key = SEAL.open(ROW);
    assertEquals(ROW.id(), key.id());
    assertEquals(ROW.publicKey(), Base64.getEncoder().encodeToString(key.publicKey().getEncoded()));
    assertEquals(256, key.privateKey().getParams().getCurve().getField().getFieldSize());
  }

  static Stream<SealedKey> altered() {
    byte[] flipped = Base64.getDecoder().decode(ROW.sealedPrivateKey());
    flipped[flipped.length - 1] ^= 1;
    String sealed = ROW.sealedPrivateKey();
    return Stream.of(
        with(OTHER.id(), 1, ROW.publicKey(), sealed, 0, 0),
        with(ROW.id(), 2, ROW.publicKey(), sealed, 0, 0),
        with(ROW.id(), 1, OTHER.publicKey(), sealed, 0, 0),
        with(ROW.id(), 1, ROW.publicKey(), OTHER.sealedPrivateKey(), 0, 0),
        with(ROW.id(), 1, ROW.publicKey(), Base64.getEncoder().encodeToString(flipped), 0, 0),
        with(ROW.id(), 1, ROW.publicKey(), "", 0, 0),
        with(ROW.id(), 1, ROW.publicKey(), "?", 0, 0),
        with(ROW.id(), 1, ROW.publicKey(), sealed, 1, 0),
        with(ROW.id(), 1, ROW.publicKey(), sealed, 0, 1));
  }

  private static SealedKey with(
      String id, long generation, String open, String sealed, int created, int signs) {
    return new SealedKey(
        id,
        generation,
        open,
        sealed,
        ROW.createdAt().plusMillis(created),
        ROW.signsFrom().plusMillis(signs));
  }

  @ParameterizedTest
  @MethodSource("altered")
  void alteredOrSwappedRowIsRejected(SealedKey altered) {
    assertThrows(UnreadableKeyException.class, () -> SEAL.open(altered));
  }

  @Test
  void keySealedWithAnotherSecretIsRejected() {
    assertThrows(UnreadableKeyException.class, () -> KeySeal.random(RANDOM).open(ROW));
  }

  @Test
  void previousKeyDecryptsAndEncryptsNothing() {
    KeySeal fresh = KeySeal.random(RANDOM);
    KeySeal both = fresh.withPrevious(SEAL);
    assertEquals(ROW.id(), both.open(ROW).id());
    InMemorySigningKeyStore store = new InMemorySigningKeyStore();
    SigningKeys.open(store, both, Duration.ofDays(1), Clock.systemUTC(), RANDOM);
    SealedKey made = store.all().get(0);
    assertEquals(made.id(), fresh.open(made).id());
    assertThrows(UnreadableKeyException.class, () -> SEAL.open(made));
    KeySeal unrelated = fresh.withPrevious(KeySeal.random(RANDOM));
    assertThrows(UnreadableKeyException.class, () -> unrelated.open(ROW));
    assertEquals("KeySeal[redacted]", both.toString());
  }

  @Test
  void eachSealingUsesAnotherNonce() {
    assertNotEquals(
        ROW.sealedPrivateKey().substring(0, 16), OTHER.sealedPrivateKey().substring(0, 16));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA?"
      })
  void textThatIsNot32BytesInBase64IsRejected(String text) {
    assertEquals(Optional.empty(), KeySeal.parse(text));
  }

  @Test
  void bothBase64AlphabetsAreReadAndSecretsAreNotPrinted() {
    assertTrue(KeySeal.parse(KeySeal.randomText(RANDOM)).isPresent(), "a new text is rejected");
    String text = "+/".repeat(21) + "8=";
    assertTrue(KeySeal.parse(text).isPresent(), "the standard alphabet is rejected");
    assertTrue(
        KeySeal.parse(text.replace('+', '-').replace('/', '_').replace("=", "")).isPresent(),
        "the URL-safe alphabet without padding is rejected");
    String seal = KeySeal.parse(text).orElseThrow().toString();
    assertFalse(seal.contains(text), seal);
    String key = SEAL.open(ROW).toString();
    assertFalse(key.contains("Private"), key);
  }
}
