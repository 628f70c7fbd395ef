package io.accesstokens.token.policy;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.UseLimits;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Validates changes of service tokens. A change must follow the rules for new tokens of the group.
 * A description and scopes that stay the same are not validated, because a rule can be newer than
 * the token.
 *
 * @param creation the rules for new tokens
 */
public record UpdatePolicy(CreationPolicy creation) {

  /**
   * Returns the token with the changes of a request.
   *
   * @param token the stored token
   * @throws InvalidRequestException if a field is invalid; the exception contains the errors of all
   *     fields
   */
  public ServiceToken check(UpdateRequest request, ServiceToken token, Instant now) {
    RequestErrors errors = new RequestErrors(request.unreadable());
    GroupLimits bounds = creation.limitsOf(token.group());
    String description = description(request.description(), token, bounds, errors);
    List<String> scopes = scopes(request.scopes(), token, bounds, errors);
    Instant expiresAt = expiry(request.expiresAt(), token, now, errors);
    UseLimits limits =
        new UseLimits(addresses(request, token, errors), requests(request, token, errors));
    List<Violation> violations = errors.violations();
    if (!violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    return token.changed(description, scopes, expiresAt, limits);
  }

  private static String description(
      @Nullable String text, ServiceToken token, GroupLimits bounds, RequestErrors errors) {
    if (text == null || text.equals(token.description())) {
      return token.description();
    }
    String checked = CreationPolicy.checkText("description", text, errors);
    CreationPolicy.checkRules(checked, bounds, errors);
    return text;
  }

  /**
   * Returns the scopes of the token after the update. Scopes that the token already has are valid,
   * even if a new token could not have these scopes.
   */
  private List<String> scopes(
      @Nullable List<@Nullable String> requested,
      ServiceToken token,
      GroupLimits bounds,
      RequestErrors errors) {
    if (requested == null) {
      return token.scopes();
    }
    List<String> checked = creation.checkScopes(requested, token.scopes(), bounds, errors);
    return checked == null ? token.scopes() : checked;
  }

  private static List<AddressRange> addresses(
      UpdateRequest request, ServiceToken token, RequestErrors errors) {
    return request.allowedAddresses() == null
            && !request.removed().contains(UseLimitRules.ADDRESSES)
        ? token.limits().allowedAddresses()
        : UseLimitRules.checkAddresses(request.allowedAddresses(), errors);
  }

  private static @Nullable Integer requests(
      UpdateRequest request, ServiceToken token, RequestErrors errors) {
    return request.requestsPerMinute() == null
            && !request.removed().contains(UseLimitRules.REQUESTS)
        ? token.limits().requestsPerMinute()
        : UseLimitRules.checkRequests(request.requestsPerMinute(), errors);
  }

  private static Instant expiry(
      @Nullable String text, ServiceToken token, Instant now, RequestErrors errors) {
    if (text == null) {
      return token.expiresAt();
    }
    Instant instant = CreationPolicy.parseInstant("expiresAt", text, errors);
    if (instant != null && instant.isAfter(token.expiresAt())) {
      errors.add("expiresAt", "must not be later than the current expiry");
    } else if (instant != null && !instant.isAfter(now)) {
      errors.add("expiresAt", "must be in the future");
    }
    return instant == null ? token.expiresAt() : instant;
  }
}
