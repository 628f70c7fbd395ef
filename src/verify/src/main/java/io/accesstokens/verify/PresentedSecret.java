package io.accesstokens.verify;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The secret of a token that a client presented. A token has a current secret, and for some time
 * after a rotation also the previous secret.
 *
 * @param id the id of the secret
 * @param previous true if a rotation has replaced the secret
 * @param endsPrevious true if the first accepted use of the secret ends the previous secret of the
 *     token
 * @param replacedAt when a previous secret was replaced; null for the current secret, or if the
 *     time is not known
 */
public record PresentedSecret(
    SecretId id, boolean previous, boolean endsPrevious, @Nullable Instant replacedAt) {

  /** Creates a secret whose time of replacement is not known. */
  public PresentedSecret(SecretId id, boolean previous, boolean endsPrevious) {
    this(id, previous, endsPrevious, null);
  }

  /**
   * Identifies a secret of a token. The id does not reveal the secret.
   *
   * @param tokenId the id of the token
   * @param number the number of the secret. The first secret of a token has the number 1, and each
   *     new secret has a higher number. The number is {@value #UNKNOWN} if the secret is not known,
   *     for example for a JWT that was derived from the token
   */
  public record SecretId(UUID tokenId, int number) {

    /** The number of an unknown secret. */
    public static final int UNKNOWN = 0;
  }

  /** Returns an unknown secret of a token, which is treated as the current secret. */
  public static PresentedSecret unknown(UUID tokenId) {
    return new PresentedSecret(new SecretId(tokenId, SecretId.UNKNOWN), false, false);
  }

  /** Returns the previous secret of a token, without its number, which is not known. */
  public static PresentedSecret unknownPrevious(UUID tokenId) {
    return new PresentedSecret(new SecretId(tokenId, SecretId.UNKNOWN), true, false);
  }
}
