package io.accesstokens.login.password;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The stored form of a password: a PBKDF2 hash (RFC 8018, section 5.2) with HMAC-SHA256.
 *
 * <p>The text form is similar to the PHC string format: {@code
 * pbkdf2-sha256$<iterations>$<salt>$<hash>}. The number of iterations is decimal, without leading
 * zeros. The salt (16 to 64 bytes) and the hash (32 bytes) are in base64 (RFC 4648, section 4),
 * with or without padding.
 *
 * <p>Contains a secret, because an attacker who has the hash can guess the password offline. {@link
 * #toString} does not return the hash.
 */
public final class PasswordHash {

  /** The minimum number of iterations. A new hash has this number. */
  public static final int MIN_ITERATIONS = 600_000;

  /**
   * The maximum number of iterations. With this number, each verification takes some seconds of CPU
   * time.
   */
  public static final int MAX_ITERATIONS = 5_000_000;

  private static final int SALT_BYTES = 16;
  private static final int MAX_SALT_BYTES = 64;
  private static final int HASH_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile("pbkdf2-sha256\\$([1-9][0-9]{0,8})\\$([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;
  private final String text;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    this.text =
        "pbkdf2-sha256$"
            + iterations
            + '$'
            + base64.encodeToString(salt)
            + '$'
            + base64.encodeToString(hash);
  }

  /**
   * Hashes a password with a new random salt and {@link #MIN_ITERATIONS}.
   *
   * @param password the typed password; not wiped
   * @throws IllegalArgumentException if the password is empty, is longer than 1,024 characters, or
   *     contains a control character or half of a surrogate pair
   */
  public static PasswordHash create(char[] password) {
    return create(password, new SecureRandom());
  }

  /**
   * Hashes a password like {@link #create(char[])}, with a salt from the given random number
   * generator.
   */
  public static PasswordHash create(char[] password, SecureRandom random) {
    try (PreparedPassword prepared =
        PreparedPassword.of(password)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "a password must have 1 to "
                            + PreparedPassword.MAX_LENGTH
                            + " characters and no control character"))) {
      byte[] salt = new byte[SALT_BYTES];
      random.nextBytes(salt);
      return new PasswordHash(MIN_ITERATIONS, salt, derive(prepared, salt, MIN_ITERATIONS));
    }
  }

  /**
   * Parses the text form of a hash.
   *
   * @throws IllegalArgumentException if the text is malformed, or has too few or too many
   *     iterations. The message contains no part of the text
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
      // The cause is left out, because its message contains characters of the text.
      throw new IllegalArgumentException("must have salt and hash in base64");
    }
  }

  /**
   * Returns the hash of a public password. The result has the salt of this hash and only one
   * iteration, because a public password needs no protection against guessing.
   */
  PasswordHash ofKnown(String password) {
    try (PreparedPassword prepared =
        PreparedPassword.of(password.toCharArray()).orElseThrow(IllegalArgumentException::new)) {
      return new PasswordHash(1, salt, derive(prepared, salt, 1));
    }
  }

  /**
   * Returns a random hash that matches no password. The verification takes as long as for any other
   * hash with the same number of iterations.
   */
  static PasswordHash decoy(int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    byte[] hash = new byte[HASH_BYTES];
    random.nextBytes(salt);
    random.nextBytes(hash);
    return new PasswordHash(iterations, salt, hash);
  }

  /**
   * Returns true if this object is the hash of the given password. Compares the hashes in constant
   * time. If the text cannot be a password (see {@link #create(char[])}), returns false without
   * hashing.
   *
   * @param password the typed password; not wiped
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

  /** Returns the text form for the users file. The caller must not log the text. */
  public String text() {
    return text;
  }

  private static byte[] derive(PreparedPassword password, byte[] salt, int iterations) {
    // The key factory of the JDK encodes the characters in UTF-8.
    PBEKeySpec spec = new PBEKeySpec(password.characters(), salt, iterations, HASH_BYTES * 8);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the Java runtime does not provide PBKDF2-HMAC-SHA256", e);
    } finally {
      spec.clearPassword();
    }
  }

  /** Returns a text without the hash. */
  @Override
  public String toString() {
    return "PasswordHash(***)";
  }
}
