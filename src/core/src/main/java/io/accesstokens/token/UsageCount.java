package io.accesstokens.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Some uses of a token as a credential, all of which ended the same way: how many there were, and
 * the last of them.
 *
 * @param count how many, not negative
 * @param lastAt when the last was, to the millisecond; null if there was none. A token that was
 *     brought over from elsewhere may have a last use and a count that begins at zero
 * @param lastAddress the network address that the last came from, at most {@value #LONGEST_ADDRESS}
 *     characters; null if there was none, or if it is not known
 */
public record UsageCount(long count, @Nullable Instant lastAt, @Nullable String lastAddress) {

  /** No use at all. */
  public static final UsageCount NONE = new UsageCount(0, null, null);

  /** What is kept of an address; an IPv6 address with the longest zone that is usual is shorter. */
  public static final int LONGEST_ADDRESS = 100;

  /**
   * @throws IllegalArgumentException if the count is negative or the address too long
   */
  public UsageCount {
    if (count < 0) {
      throw new IllegalArgumentException("a count cannot be negative");
    }
    if (lastAddress != null && lastAddress.length() > LONGEST_ADDRESS) {
      throw new IllegalArgumentException("an address has at most 100 characters");
    }
  }

  /** Both together: the sum of the counts, and the later last use; of equal ones, the other's. */
  public UsageCount plus(UsageCount other) {
    UsageCount last =
        lastAt == null || (other.lastAt != null && !other.lastAt.isBefore(lastAt)) ? other : this;
    return new UsageCount(count + other.count, last.lastAt, last.lastAddress);
  }
}
