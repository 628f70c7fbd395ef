package io.accesstokens.login;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The stored form of a password: PBKDF2 (RFC 8018 §5.2) with HMAC-SHA256.
 *
 * <p>As text, in the manner of the PHC string format: {@code
 * pbkdf2-sha256$<iterations>$<salt>$<hash>}, the iterations in decimal without leading zeros, salt
 * (16 to 64 bytes) and hash (32 bytes) in base64 (RFC 4648 §4); padding may be there or not.
 *
 * <p>A secret, for it can be attacked offline: {@link #toString} is redacted.
 */
public final class PasswordHash {

  /** The fewest iterations that are accepted, and those of a new hash. */
  public static final int MIN_ITERATIONS = 600_000;

  /** The most iterations that are accepted: some seconds of a core for each check. */
  public static final int MAX_ITERATIONS = 5_000_000;

  private static final int SALT_BYTES = 16;
  private static final int MAX_SALT_BYTES = 64;
  private static final int HASH_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile("pbkdf2-sha256\\$([1-9][0-9]{0,8})\\$([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  /**
   * Hashes a password with a new random salt and {@link #MIN_ITERATIONS}.
   *
   * @param password what was typed; not wiped
   * @throws IllegalArgumentException if it is empty, longer than 1,024 characters, or holds a
   *     control character or half of a surrogate pair
   */
  public static PasswordHash create(char[] password) {
    return create(password, new SecureRandom());
  }

  /** As {@link #create(char[])}, with a given source of salt. */
  public static PasswordHash create(char[] password, SecureRandom random) {
    try (PreparedPassword prepared =
        PreparedPassword.of(password)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "a password has 1 to "
                            + PreparedPassword.MAX_LENGTH
                            + " characters and no control character"))) {
      byte[] salt = new byte[SALT_BYTES];
      random.nextBytes(salt);
      return new PasswordHash(MIN_ITERATIONS, salt, derive(prepared, salt, MIN_ITERATIONS));
    }
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is malformed, too weak or too dear; the message says
   *     which, and repeats nothing of the text
   */
  public static PasswordHash parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "must be of the form pbkdf2-sha256$<iterations>$<salt>$<hash>, as hash-password prints");
    }
    int iterations = Integer.parseInt(form.group(1));
    if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException(
          "must have " + MIN_ITERATIONS + " to " + MAX_ITERATIONS + " iterations");
    }
    byte[] salt = decode(form.group(2));
    byte[] hash = decode(form.group(3));
    if (salt.length < SALT_BYTES || salt.length > MAX_SALT_BYTES || hash.length != HASH_BYTES) {
      throw new IllegalArgumentException(
          "must have a salt of 16 to 64 bytes and a hash of 32 bytes, in base64");
    }
    return new PasswordHash(iterations, salt, hash);
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // Without the cause: its message names characters of the text.
      throw new IllegalArgumentException("must have salt and hash in base64");
    }
  }

  /**
   * The hash by one iteration, with the same salt, of a password that is no secret: there is
   * nothing that more of them would protect.
   */
  PasswordHash ofKnown(String password) {
    try (PreparedPassword prepared =
        PreparedPassword.of(password.toCharArray()).orElseThrow(IllegalArgumentException::new)) {
      return new PasswordHash(1, salt, derive(prepared, salt, 1));
    }
  }

  /** A hash that no password has, and that costs as much to check as any other. */
  static PasswordHash decoy(int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    byte[] hash = new byte[HASH_BYTES];
    random.nextBytes(salt);
    random.nextBytes(hash);
    return new PasswordHash(iterations, salt, hash);
  }

  /**
   * Whether this is the hash of that password. Compares in constant time; a password that cannot be
   * one (see {@link #create(char[])}) is none, at no cost.
   *
   * @param password what was typed; not wiped
   */
  public boolean matches(char[] password) {
    try (PreparedPassword prepared = PreparedPassword.of(password).orElse(null)) {
      return prepared != null && matches(prepared);
    }
  }

  boolean matches(PreparedPassword password) {
    return MessageDigest.isEqual(hash, derive(password, salt, iterations));
  }

  int iterations() {
    return iterations;
  }

  /** The text form: for the people file, not for logs. */
  public String text() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "pbkdf2-sha256$"
        + iterations
        + '$'
        + base64.encodeToString(salt)
        + '$'
        + base64.encodeToString(hash);
  }

  private static byte[] derive(PreparedPassword password, byte[] salt, int iterations) {
    // The JDK's key factory takes the characters as UTF-8.
    PBEKeySpec spec = new PBEKeySpec(password.characters(), salt, iterations, HASH_BYTES * 8);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot compute PBKDF2-HMAC-SHA256", e);
    } finally {
      spec.clearPassword();
    }
  }

  /** Redacted. */
  @Override
  public String toString() {
    return "PasswordHash(***)";
  }
}
