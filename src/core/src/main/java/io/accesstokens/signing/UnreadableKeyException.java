package io.accesstokens.signing;

import java.util.regex.Pattern;

/**
 * Thrown if the stored row of a signing key cannot be decrypted. The row was encrypted with an
 * encryption key that is not configured, or the row was altered.
 */
public final class UnreadableKeyException extends RuntimeException {

  private static final Pattern STRANGE = Pattern.compile("[^A-Za-z0-9_-]");

  private static final long serialVersionUID = 1L;

  UnreadableKeyException(String id, Throwable cause) {
    // An altered row can contain any text, so the message contains only safe characters.
    super("the signing key " + STRANGE.matcher(id).replaceAll("?") + " cannot be opened", cause);
  }
}
