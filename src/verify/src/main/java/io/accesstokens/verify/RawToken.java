package io.accesstokens.verify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A bearer credential in the clear, whose form has been checked by {@link RawTokenFormat}.
 *
 * <p>It is a secret. Only {@link #reveal()} gives the text back, so that a search for its callers
 * finds each place where the secret leaves.
 */
public final class RawToken {

  /** How many leading characters of a raw token are kept and shown, to tell tokens apart. */
  public static final int DISPLAY_PREFIX_LENGTH = 12;

  /** Whom a raw token stands for, told by its prefix. */
  public enum Kind {
    /** A service token: it acts as itself, with the scopes it was given. */
    SERVICE,
    /** A personal token: it acts as the user who made it. */
    PERSONAL
  }

  /** Finding the algorithm anew costs more than the digest. The value is a class of the JDK. */
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
   * A raw token of which only the digest is known, as to a store: a check that looks it up there
   * can decide about it, and nobody can be shown it.
   */
  public static RawToken ofDigest(Kind kind, TokenDigest digest) {
    return new RawToken(kind, digest);
  }

  /** Whom it stands for. */
  public Kind kind() {
    return kind;
  }

  /**
   * The first {@value #DISPLAY_PREFIX_LENGTH} characters, which are no secret.
   *
   * @throws IllegalStateException if only its digest is known
   */
  public String displayPrefix() {
    return text().substring(0, DISPLAY_PREFIX_LENGTH);
  }

  /** The SHA-256 of the text, which is all that a store knows. */
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
   * The secret itself. Only the answer that creates a token may show it.
   *
   * @throws IllegalStateException if only its digest is known
   */
  public String reveal() {
    return text();
  }

  private String text() {
    if (text == null) {
      throw new IllegalStateException("only its digest is known");
    }
    return text;
  }

  @Override
  public String toString() {
    return "RawToken[" + kind + ", redacted]";
  }
}
