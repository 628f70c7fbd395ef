package io.accesstokens.token.policy;

import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.IpAddress;
import io.accesstokens.verify.UseLimits;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validates the limits on the uses of a token. */
final class UseLimitRules {

  static final String ADDRESSES = "allowedAddresses";
  static final String REQUESTS = "requestsPerMinute";

  private UseLimitRules() {}

  /**
   * Validates addresses and CIDR ranges. Adds an error for each invalid text.
   *
   * @param texts the addresses and ranges; null for no limit
   * @return the distinct valid ranges, in the order of the request; empty if there is no limit, or
   *     if {@code texts} is empty or too long
   */
  static List<AddressRange> checkAddresses(
      @Nullable List<@Nullable String> texts, RequestErrors errors) {
    if (texts == null) {
      return List.of();
    }
    if (texts.isEmpty()) {
      errors.add(ADDRESSES, "must contain at least one address");
      return List.of();
    }
    if (texts.size() > UseLimits.MAX_ADDRESSES) {
      errors.add(
          ADDRESSES, "must contain at most " + UseLimits.MAX_ADDRESSES + " addresses and ranges");
      return List.of();
    }
    Set<AddressRange> ranges = new LinkedHashSet<>();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      String field = ADDRESSES + '[' + i + ']';
      Optional<AddressRange> range = text == null ? Optional.empty() : AddressRange.parse(text);
      if (text == null || range.isEmpty()) {
        errors.add(field, "must be an IP address or a CIDR range, e.g. 192.0.2.1 or 2001:db8::/32");
      } else if (hasHostBits(text, range.get())) {
        errors.add(field, "must have only zero bits after the prefix, e.g. 10.0.0.0/8");
      } else {
        ranges.add(range.get());
      }
    }
    return List.copyOf(ranges);
  }

  /**
   * Returns true if a range has host bits, such as {@code 10.1.2.3/8}. This is often a mistake,
   * because the caller may mean only the address.
   */
  private static boolean hasHostBits(String text, AddressRange range) {
    int slash = text.indexOf('/');
    return slash >= 0
        && IpAddress.parse(text.substring(0, slash))
            .filter(address -> !address.equals(range.first()))
            .isPresent();
  }

  /** Validates a number of requests per minute. Returns null if the number is absent or invalid. */
  static @Nullable Integer checkRequests(@Nullable Long perMinute, RequestErrors errors) {
    if (perMinute == null) {
      return null;
    }
    if (perMinute < 1 || perMinute > UseLimits.MAX_REQUESTS_PER_MINUTE) {
      errors.add(REQUESTS, "must be a whole number from 1 to " + UseLimits.MAX_REQUESTS_PER_MINUTE);
      return null;
    }
    return perMinute.intValue();
  }
}
