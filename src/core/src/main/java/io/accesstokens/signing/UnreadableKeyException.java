package io.accesstokens.signing;

import java.util.regex.Pattern;

/**
 * Thrown if the stored row of a signing key cannot be decrypted or decoded. The row was encrypted
 * with an encryption key that is not configured, or the row was altered.
 */
public final class UnreadableKeyException extends RuntimeException {

  private static final Pattern STRANGE = Pattern.compile("[^A-Za-z0-9_-]");

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception for a key.
   *
   * @param algorithm the algorithm of the key: {@code Ed25519} for a key of the transparency log,
   *     {@code EC} for a signing key
   */
  UnreadableKeyException(String id, String algorithm, Throwable cause) {
    super(
        (algorithm.equals("Ed25519") ? "the key of the transparency log " : "the signing key ")
            // An altered row can contain any text, so the message contains only safe characters.
            + STRANGE.matcher(id).replaceAll("?")
            + " cannot be opened",
        cause);
  }
}
