package io.accesstokens.signing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The operator's key, which encrypts signing keys in the store. The cipher is AES-256-GCM (NIST SP
 * 800-38D). The random nonce has 96 bits and is stored before the cipher text. This key is a
 * secret.
 */
public final class KeySeal {

  private static final int BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String CIPHER = "AES/GCM/NoPadding";

  private final SecretKeySpec key;
  private final @Nullable KeySeal previous;

  private KeySeal(SecretKeySpec key, @Nullable KeySeal previous) {
    this.key = key;
    this.previous = previous;
  }

  /**
   * Parses a key.
   *
   * @param text 32 bytes in base64 (RFC 4648, section 4 or 5)
   * @return the key; empty if the text has any other form
   */
  public static Optional<KeySeal> parse(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text.strip().replace('-', '+').replace('_', '/'));
      return bytes.length == BYTES ? Optional.of(of(bytes)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static KeySeal of(byte[] key) {
    return new KeySeal(new SecretKeySpec(key, "AES"), null);
  }

  /**
   * Returns a copy of this key for an operator who replaces the key {@code other} by this key. The
   * copy encrypts with this key only, and decrypts with both keys.
   */
  public KeySeal withPrevious(KeySeal other) {
    return new KeySeal(key, other);
  }

  /** Returns a new random key, for data that only this process uses. */
  public static KeySeal random(SecureRandom random) {
    return of(bytes(random));
  }

  /** Returns the text of a new random key, in the form that {@link #parse} accepts. */
  public static String randomText(SecureRandom random) {
    return Base64.getEncoder().encodeToString(bytes(random));
  }

  private static byte[] bytes(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  /**
   * Returns a copy of the row with an encrypted private key. The encryption also authenticates all
   * other columns of {@code row}.
   */
  public SealedKey sealPrivateKey(SealedKey row, PrivateKey privateKey, SecureRandom random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] secret = privateKey.getEncoded();
      byte[] text = cipher(Cipher.ENCRYPT_MODE, nonce, row).doFinal(secret);
      Arrays.fill(secret, (byte) 0);
      byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + text.length);
      System.arraycopy(text, 0, sealed, NONCE_BYTES, text.length);
      return row.withSealed(Base64.getEncoder().encodeToString(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the private key cannot be encrypted with AES-256-GCM", e);
    }
  }

  /**
   * Decrypts the private key in a row.
   *
   * @throws UnreadableKeyException if neither this key nor the previous key encrypted the row, or
   *     if the row was altered
   */
  SigningKey open(SealedKey row) {
    PrivateKey opened = openPrivateKey(row, "EC");
    try {
      return new SigningKey(row, (ECPublicKey) publicKey(row, "EC"), (ECPrivateKey) opened);
    } catch (ClassCastException e) {
      throw new UnreadableKeyException(row.id(), "EC", e);
    }
  }

  /**
   * Decodes the public key in a row.
   *
   * @param algorithm the algorithm of the key, as the name of a {@link KeyFactory}
   * @throws UnreadableKeyException if the row does not contain a public key of this algorithm
   */
  public static PublicKey publicKey(SealedKey row, String algorithm) {
    try {
      byte[] spki = Base64.getDecoder().decode(row.publicKey());
      return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new UnreadableKeyException(row.id(), algorithm, e);
    }
  }

  /**
   * Decrypts the private key in a row.
   *
   * @param algorithm the algorithm of the key, as the name of a {@link KeyFactory}
   * @throws UnreadableKeyException if neither this key nor the previous key encrypted the row, or
   *     if the row was altered
   */
  public PrivateKey openPrivateKey(SealedKey row, String algorithm) {
    if (previous == null) {
      return decrypt(row, algorithm);
    }
    try {
      return decrypt(row, algorithm);
    } catch (UnreadableKeyException e) {
      return previous.openPrivateKey(row, algorithm);
    }
  }

  /**
   * Returns true if a row was encrypted with the previous key, and must be encrypted again. The
   * caller must first decrypt the row with {@link #openPrivateKey}. Otherwise, the result can be
   * true for a row that neither key can decrypt.
   */
  public boolean isSealedByPrevious(SealedKey row, String algorithm) {
    try {
      var unused = decrypt(row, algorithm);
      return false;
    } catch (UnreadableKeyException e) {
      return previous != null;
    }
  }

  private PrivateKey decrypt(SealedKey row, String algorithm) {
    try {
      byte[] sealed = Base64.getDecoder().decode(row.sealedPrivateKey());
      if (sealed.length <= NONCE_BYTES) {
        throw new IllegalArgumentException("the encrypted private key is too short");
      }
      byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
      byte[] secret =
          cipher(Cipher.DECRYPT_MODE, nonce, row)
              .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
      PrivateKey opened =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(secret));
      Arrays.fill(secret, (byte) 0);
      return opened;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new UnreadableKeyException(row.id(), algorithm, e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, SealedKey row) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(row.associatedData().getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  /** Returns a redacted text. */
  @Override
  public String toString() {
    return "KeySeal[redacted]";
  }
}
