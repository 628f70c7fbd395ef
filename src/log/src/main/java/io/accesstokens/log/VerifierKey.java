package io.accesstokens.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A public key that verifies signed notes, such as {@code
 * example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k} (<a
 * href="https://c2sp.org/signed-note">c2sp.org/signed-note</a>, verifier keys). Immutable.
 */
public final class VerifierKey {

  /** The type of the signatures of a key. */
  public enum Type {
    /** Ed25519 over the text of the note: the signature of a log. */
    ED25519(1),

    /**
     * Ed25519 over the checkpoint and a time: the signature of a witness (<a
     * href="https://c2sp.org/tlog-cosignature">c2sp.org/tlog-cosignature</a>, {@code
     * cosignature/v1}).
     */
    COSIGNATURE(4);

    private final byte identifier;

    Type(int identifier) {
      this.identifier = (byte) identifier;
    }
  }

  static final int ID_BYTES = 4;

  private static final int MAX_NAME = 255;
  private static final int KEY_BYTES = 32;
  private static final int TIME_BYTES = 8;
  private static final int MAX_TEXT = 1_000;

  /** The bytes before an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410, section 4). */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private final String name;
  private final Type type;
  private final byte[] key;

  private VerifierKey(String name, Type type, byte[] key) {
    this.name = name;
    this.type = type;
    this.key = key;
  }

  /**
   * Returns the verifier key for a public key.
   *
   * @param name the name of the key: 1 to 255 characters without spaces, control characters and
   *     plus signs
   * @param key a public key for Ed25519
   * @throws LogFormatException if the name or the key has another form
   */
  public static VerifierKey of(String name, Type type, PublicKey key) {
    byte[] spki = key.getEncoded();
    if (spki == null
        || spki.length != SPKI.length + KEY_BYTES
        || !Arrays.equals(SPKI, Arrays.copyOf(spki, SPKI.length))) {
      throw new LogFormatException("the public key is not a key for Ed25519");
    }
    return new VerifierKey(
        requireName(name), type, Arrays.copyOfRange(spki, SPKI.length, spki.length));
  }

  /**
   * Parses a verifier key.
   *
   * @throws LogFormatException if the text is not the verifier key of a supported type
   */
  public static VerifierKey parse(String text) {
    String[] parts = text.length() > MAX_TEXT ? new String[0] : text.split("\\+", 3);
    if (parts.length != 3) {
      throw new LogFormatException("a verifier key must have the form name+id+key");
    }
    String name = requireName(parts[0]);
    byte[] typed = StrictText.base64(parts[2], "the key of a verifier key");
    if (typed.length != 1 + KEY_BYTES) {
      throw new LogFormatException("a verifier key must have a type and 32 bytes");
    }
    for (Type type : Type.values()) {
      if (type.identifier == typed[0]) {
        VerifierKey key = new VerifierKey(name, type, Arrays.copyOfRange(typed, 1, typed.length));
        if (!key.toString().equals(text)) {
          throw new LogFormatException("the id of a verifier key is not the id of its key");
        }
        return key;
      }
    }
    throw new LogFormatException("a verifier key must have the type 1 or 4");
  }

  /**
   * Returns the name if it is valid.
   *
   * @throws LogFormatException if the name is not valid
   */
  public static String requireName(String name) {
    if (name.isEmpty()
        || name.length() > MAX_NAME
        || name.codePoints().anyMatch(VerifierKey::isForbidden)) {
      throw new LogFormatException(
          "the name of a key must have 1 to "
              + MAX_NAME
              + " characters, and no spaces, control characters or plus signs");
    }
    return name;
  }

  private static boolean isForbidden(int character) {
    return character == '+'
        || Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || Character.isISOControl(character)
        || Character.getType(character) == Character.SURROGATE;
  }

  /** Returns the name of the key. For the key of a log, this is the origin of the log. */
  public String name() {
    return name;
  }

  /** Returns the type of the signatures of this key. */
  public Type type() {
    return type;
  }

  /** Returns the id of the key: four bytes, as eight hexadecimal digits. */
  public String id() {
    MessageDigest digest = MerkleHash.sha256();
    digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
    digest.update(type.identifier);
    return HexFormat.of().formatHex(digest.digest(key), 0, ID_BYTES);
  }

  /**
   * Returns true if the signature is a valid signature of a text by this key.
   *
   * @param signature the signature, without the id of the key
   */
  boolean verifies(String text, byte[] signature) {
    if (type == Type.ED25519) {
      return verify(text, signature);
    }
    if (signature.length <= TIME_BYTES) {
      return false;
    }
    long time = ByteBuffer.wrap(signature).getLong();
    return time >= 0
        && verify(
            "cosignature/v1\ntime " + time + "\n" + text,
            Arrays.copyOfRange(signature, TIME_BYTES, signature.length));
  }

  private boolean verify(String text, byte[] signature) {
    try {
      byte[] spki = Arrays.copyOf(SPKI, SPKI.length + KEY_BYTES);
      System.arraycopy(key, 0, spki, SPKI.length, KEY_BYTES);
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki)));
      verifier.update(text.getBytes(StandardCharsets.UTF_8));
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // the key is no point of the curve, or the signature has another form
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifierKey same && toString().equals(same.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** Returns the text of the verifier key, in the form that {@link #parse} accepts. */
  @Override
  public String toString() {
    byte[] typed = new byte[1 + KEY_BYTES];
    typed[0] = type.identifier;
    System.arraycopy(key, 0, typed, 1, KEY_BYTES);
    return name + '+' + id() + '+' + Base64.getEncoder().encodeToString(typed);
  }
}
