package io.accesstokens.signing;

import java.util.regex.Pattern;

/**
 * A row of a signing key cannot be opened: it was sealed with another operator's key, or altered.
 */
public final class UnreadableKeyException extends RuntimeException {

  private static final Pattern STRANGE = Pattern.compile("[^A-Za-z0-9_-]");

  private static final long serialVersionUID = 1L;

  UnreadableKeyException(String id, Throwable cause) {
    // What stands in an altered row is anybody's word.
    super("the signing key " + STRANGE.matcher(id).replaceAll("?") + " cannot be opened", cause);
  }
}
