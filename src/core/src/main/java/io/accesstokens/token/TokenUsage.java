package io.accesstokens.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The uses of one token as a credential: over its whole life, or of late.
 *
 * <p>Only a known token has refused uses: of a raw token that no token has, nobody keeps count.
 *
 * @param accepted uses that were let in
 * @param refused uses that were turned away; its count is that of the two reasons together
 * @param revoked how many were refused because the token was revoked
 * @param expired how many were refused because the token's life was over
 */
public record TokenUsage(UsageCount accepted, UsageCount refused, long revoked, long expired) {

  /** Never used. */
  public static final TokenUsage NONE = new TokenUsage(UsageCount.NONE, UsageCount.NONE, 0, 0);

  /**
   * @throws IllegalArgumentException if a count is negative, or refused uses have no reason
   */
  public TokenUsage {
    if (revoked < 0 || expired < 0 || refused.count() != revoked + expired) {
      throw new IllegalArgumentException("each refused use has one reason");
    }
  }

  /**
   * From the numbers of both reasons.
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

  /** Both together. */
  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(
        accepted.plus(other.accepted),
        refused.plus(other.refused),
        revoked + other.revoked,
        expired + other.expired);
  }
}
