package io.accesstokens.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The uses of one token as a credential, over its whole life or over a recent interval.
 *
 * <p>Only a known token has refused uses. A raw token that matches no token is not counted.
 *
 * @param accepted the accepted uses
 * @param refused the refused uses; its count is the sum of the two reasons
 * @param revoked the number of uses refused because the token was revoked
 * @param expired the number of uses refused because the token had expired
 */
public record TokenUsage(UsageCount accepted, UsageCount refused, long revoked, long expired) {

  /** No uses. */
  public static final TokenUsage NONE = new TokenUsage(UsageCount.NONE, UsageCount.NONE, 0, 0);

  /**
   * @throws IllegalArgumentException if a count is negative, or if the refused uses are not the sum
   *     of both reasons
   */
  public TokenUsage {
    if (revoked < 0 || expired < 0 || refused.count() != revoked + expired) {
      throw new IllegalArgumentException("each refused use has one reason");
    }
  }

  /**
   * Creates the uses from the numbers for both reasons.
   *
   * @param lastRefusedAt null if there was no refused use
   */
  public static TokenUsage of(
      UsageCount accepted,
      long revoked,
      long expired,
      @Nullable Instant lastRefusedAt,
      @Nullable String lastRefusedAddress) {
    return new TokenUsage(
        accepted,
        new UsageCount(revoked + expired, lastRefusedAt, lastRefusedAddress),
        revoked,
        expired);
  }

  /** Returns the sum of both. */
  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(
        accepted.plus(other.accepted),
        refused.plus(other.refused),
        revoked + other.revoked,
        expired + other.expired);
  }
}
