package io.accesstokens.verify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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
  private final String text;

  RawToken(Kind kind, String text) {
    this.kind = kind;
    this.text = text;
  }

  /** Whom it stands for. */
  public Kind kind() {
    return kind;
  }

  /** The first {@value #DISPLAY_PREFIX_LENGTH} characters, which are no secret. */
  public String displayPrefix() {
    return text.substring(0, DISPLAY_PREFIX_LENGTH);
  }

  /** The SHA-256 of the text, which is all that a store knows. */
  public TokenDigest digest() {
    return TokenDigest.owning(SHA_256.get().digest(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The secret itself. Only the answer that creates a token may show it. */
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "RawToken[" + kind + ", redacted]";
  }
}
