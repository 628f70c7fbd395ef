package io.accesstokens.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits on the uses of one token.
 *
 * @param allowedAddresses the client addresses from which the token may be used; empty if the token
 *     may be used from all addresses. At most {@value #MAX_ADDRESSES} ranges.
 * @param requestsPerMinute the maximum number of requests in one minute that one process accepts,
 *     from 1 to {@value #MAX_REQUESTS_PER_MINUTE}; null if there is no limit
 */
public record UseLimits(List<AddressRange> allowedAddresses, @Nullable Integer requestsPerMinute) {

  /** The maximum number of addresses and ranges of one token. */
  public static final int MAX_ADDRESSES = 50;

  /** The maximum value of {@link #requestsPerMinute}. */
  public static final int MAX_REQUESTS_PER_MINUTE = 1_000_000;

  /** Limits that allow all uses. */
  public static final UseLimits NONE = new UseLimits(List.of(), null);

  /**
   * Creates limits on the uses of a token.
   *
   * @throws IllegalArgumentException if there are too many ranges, or if the number of requests is
   *     out of bounds
   */
  public UseLimits {
    allowedAddresses = List.copyOf(allowedAddresses);
    if (allowedAddresses.size() > MAX_ADDRESSES) {
      throw new IllegalArgumentException(
          "a token can have at most " + MAX_ADDRESSES + " allowed addresses and ranges");
    }
    if (requestsPerMinute != null
        && (requestsPerMinute < 1 || requestsPerMinute > MAX_REQUESTS_PER_MINUTE)) {
      throw new IllegalArgumentException(
          "requestsPerMinute must be 1 to " + MAX_REQUESTS_PER_MINUTE);
    }
  }

  /**
   * Returns true if a client at this address may use the token. If the token is limited to
   * addresses, returns false for a client whose address is not known.
   *
   * @param clientAddress the client's network address; null if it is not known
   */
  public boolean allow(@Nullable String clientAddress) {
    if (allowedAddresses.isEmpty()) {
      return true;
    }
    return clientAddress != null
        && IpAddress.parse(clientAddress)
            .map(address -> allowedAddresses.stream().anyMatch(range -> range.contains(address)))
            .orElse(false);
  }

  /**
   * Returns true if these limits allow each use that the other limits allow. Each range of the
   * other limits must be within one range of these limits.
   */
  public boolean cover(UseLimits other) {
    return coverAddresses(other.allowedAddresses) && coverRequests(other.requestsPerMinute);
  }

  private boolean coverAddresses(List<AddressRange> others) {
    return allowedAddresses.isEmpty()
        || (!others.isEmpty()
            && others.stream()
                .allMatch(
                    other -> allowedAddresses.stream().anyMatch(range -> range.contains(other))));
  }

  private boolean coverRequests(@Nullable Integer other) {
    return requestsPerMinute == null || (other != null && other <= requestsPerMinute);
  }
}
