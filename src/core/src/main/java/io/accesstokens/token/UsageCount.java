package io.accesstokens.token;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The number of uses of a token as a credential, and the last of these uses. All these uses have
 * the same outcome: accepted or refused.
 *
 * @param count the number of uses, not negative
 * @param lastAt the instant of the last use, to the millisecond; null if there was no use. An
 *     imported token can have a last use with a count of zero.
 * @param lastAddress the network address of the last use, at most {@value #MAX_ADDRESS_LENGTH}
 *     characters; null if there was no use, or if the address is not known
 */
public record UsageCount(long count, @Nullable Instant lastAt, @Nullable String lastAddress) {

  /** The count of a token without uses. */
  public static final UsageCount NONE = new UsageCount(0, null, null);

  /**
   * Maximum stored length of an address, in characters. An IPv6 address with a usual zone id is
   * shorter.
   */
  public static final int MAX_ADDRESS_LENGTH = 100;

  /**
   * Maximum time from a use to its recording, unless an outage of the database lasts longer.
   *
   * <p>If the recorded last use is later than a new use by more than this time, the recorded
   * instant is probably from a wrong clock. The new use then replaces the recorded use. After a
   * longer outage of the database, an earlier use can therefore replace a later use.
   */
  public static final Duration MAX_RECORDING_DELAY = Duration.ofDays(1);

  /**
   * Creates a count of uses.
   *
   * @throws IllegalArgumentException if the count is negative or the address is too long
   */
  public UsageCount {
    if (count < 0) {
      throw new IllegalArgumentException("a count must not be negative");
    }
    if (lastAddress != null && lastAddress.length() > MAX_ADDRESS_LENGTH) {
      throw new IllegalArgumentException("an address must have at most 100 characters");
    }
  }

  /**
   * Returns the sum of both counts. The last use of {@code other} replaces the last use of this
   * object if {@link #isLast} returns true.
   *
   * @param other the uses that were recorded after these uses
   */
  public UsageCount plus(UsageCount other) {
    UsageCount last =
        lastAt == null || (other.lastAt != null && isLast(other.lastAt, lastAt)) ? other : this;
    return new UsageCount(count + other.count, last.lastAt, last.lastAddress);
  }

  /**
   * Returns true if a use replaces the recorded last use. A use at the same instant or later always
   * replaces the recorded use. An earlier use replaces the recorded use only if the recorded
   * instant is from a wrong clock, see {@link #MAX_RECORDING_DELAY}.
   *
   * @param at the instant of the use
   * @param recorded the instant of the recorded last use; null if there is none, and the result is
   *     then true
   */
  public static boolean isLast(Instant at, @Nullable Instant recorded) {
    return recorded == null
        || !at.isBefore(recorded)
        || recorded.isAfter(at.plus(MAX_RECORDING_DELAY));
  }
}
