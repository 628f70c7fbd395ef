package io.accesstokens.verify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A raw token: a bearer credential in clear text. {@link RawTokenFormat} has checked the form of
 * the text.
 *
 * <p>A raw token is a secret. Only {@link #reveal()} returns the text. A search for the callers of
 * that method therefore finds every use of the secret.
 */
public final class RawToken {

  /**
   * Number of leading characters of a raw token that are stored and displayed. Users distinguish
   * tokens by these characters.
   */
  public static final int DISPLAY_PREFIX_LENGTH = 12;

  /** The kind of a raw token. The prefix of the token determines its kind. */
  public enum Kind {
    /**
     * A service token. The caller is the token itself, with the scopes that were granted to the
     * token.
     */
    SERVICE,
    /** A personal token. The caller is the user who created the token. */
    PERSONAL
  }

  /**
   * The SHA-256 algorithm, cached for each thread. The look-up of the algorithm is slower than the
   * computation of a digest. The cache does not prevent the unloading of an application, because
   * the class of the cached object belongs to the JDK.
   */
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(RawToken::sha256);

  private final Kind kind;

  /** The text of this token as ASCII characters; null if only the digest is known. */
  private final byte @Nullable [] text;

  private final @Nullable TokenDigest known;

  /**
   * Creates a raw token that uses this array without copying it.
   *
   * @param text the text as ASCII characters. The caller must not change the array afterwards.
   */
  RawToken(Kind kind, byte[] text) {
    this.kind = kind;
    this.text = text;
    this.known = null;
  }

  private RawToken(Kind kind, TokenDigest known) {
    this.kind = kind;
    this.text = null;
    this.known = known;
  }

  /**
   * Returns a raw token with a known digest and an unknown text. A verifier can look up the result
   * in the store. {@link #reveal} and {@link #displayPrefix} throw an exception.
   */
  public static RawToken ofDigest(Kind kind, TokenDigest digest) {
    return new RawToken(kind, digest);
  }

  /** Returns the kind of this token. */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the first {@value #DISPLAY_PREFIX_LENGTH} characters of this token, which are not
   * secret.
   *
   * @throws IllegalStateException if only the digest is known
   */
  public String displayPrefix() {
    return new String(text(), 0, DISPLAY_PREFIX_LENGTH, StandardCharsets.US_ASCII);
  }

  /** Returns the SHA-256 digest of this token. A store holds the digest, never the text. */
  public TokenDigest digest() {
    return known != null ? known : TokenDigest.owning(SHA_256.get().digest(text()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "SHA-256 is not available, although every Java platform must provide it", e);
    }
  }

  /**
   * Returns the text of this token, which is a secret. The service may send the text only in the
   * response to the creation or rotation of the token.
   *
   * @throws IllegalStateException if only the digest is known
   */
  public String reveal() {
    return new String(text(), StandardCharsets.US_ASCII);
  }

  private byte[] text() {
    if (text == null) {
      throw new IllegalStateException("only the digest of this token is known");
    }
    return text;
  }

  @Override
  public String toString() {
    return "RawToken[" + kind + ", redacted]";
  }
}
