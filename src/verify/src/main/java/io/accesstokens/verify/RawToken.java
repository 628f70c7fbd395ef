package io.accesstokens.verify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A bearer credential in clear text. {@link RawTokenFormat} has checked its form.
 *
 * <p>It is a secret. Only {@link #reveal()} returns the text, so a search for the callers of that
 * method finds every use of the secret.
 */
public final class RawToken {

  /** The number of leading characters that are stored and shown, to distinguish tokens. */
  public static final int DISPLAY_PREFIX_LENGTH = 12;

  /** The kind of a raw token, which its prefix shows. */
  public enum Kind {
    /** A service token. It acts as itself, with the scopes that it was given. */
    SERVICE,
    /** A personal token. It acts as the user who created it. */
    PERSONAL
  }

  /**
   * Cached for each thread, because finding the algorithm costs more than the digest. The value is
   * a class of the JDK, so it keeps no class loader of an application alive.
   */
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(RawToken::sha256);

  private final Kind kind;
  private final @Nullable String text;
  private final @Nullable TokenDigest known;

  RawToken(Kind kind, String text) {
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
   * Returns a raw token of which only the digest is known. A verifier can look it up in the store,
   * and its text can never be revealed.
   */
  public static RawToken ofDigest(Kind kind, TokenDigest digest) {
    return new RawToken(kind, digest);
  }

  /** Returns the kind of this token. */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the first {@value #DISPLAY_PREFIX_LENGTH} characters, which are not secret.
   *
   * @throws IllegalStateException if only the digest is known
   */
  public String displayPrefix() {
    return text().substring(0, DISPLAY_PREFIX_LENGTH);
  }

  /** Returns the SHA-256 of the text, which is the only form that a store has. */
  public TokenDigest digest() {
    return known != null
        ? known
        : TokenDigest.owning(SHA_256.get().digest(text().getBytes(StandardCharsets.US_ASCII)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Returns the secret. Only the response that creates a token may contain it.
   *
   * @throws IllegalStateException if only the digest is known
   */
  public String reveal() {
    return text();
  }

  private String text() {
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
