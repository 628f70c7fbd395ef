package io.accesstokens.token.policy;

import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationLimit.DescriptionRule;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The limits on a new service token of one group, or on a new personal token. An instance combines
 * all limits that apply.
 *
 * @param maxLifetimeDays the maximum lifetime in days, inclusive
 * @param defaultLifetimeDays the lifetime of a token in days if the request sets none
 * @param allowedScopes the allowed scopes, in the order of the scope catalog
 * @param maxLiveTokens the maximum number of unrevoked, unexpired tokens of the group; empty for no
 *     limit
 * @param descriptions the rules for descriptions; each description must follow all rules
 */
public record GroupLimits(
    int maxLifetimeDays,
    int defaultLifetimeDays,
    List<String> allowedScopes,
    OptionalInt maxLiveTokens,
    List<DescriptionRule> descriptions) {

  public GroupLimits {
    allowedScopes = List.copyOf(allowedScopes);
    descriptions = List.copyOf(descriptions);
  }

  /**
   * Combines the lifetimes and the scope catalog of {@code policy} with further limits. For each
   * number, the lowest number applies. A scope must be allowed by all limits. A description must
   * follow the rules of all limits.
   *
   * @param limits the further limits, for example the limits of a group
   */
  static GroupLimits of(CreationPolicy policy, List<CreationLimit> limits) {
    int most =
        limits.stream()
            .flatMapToInt(limit -> limit.maxLifetimeDays().stream())
            .reduce(policy.maxLifetimeDays(), Math::min);
    return new GroupLimits(
        most,
        Math.min(policy.defaultLifetimeDays(), most),
        policy.scopeCatalog().scopes().stream()
            .map(ScopeCatalog.Definition::id)
            .filter(scope -> limits.stream().allMatch(limit -> allows(limit, scope)))
            .toList(),
        limits.stream().flatMapToInt(limit -> limit.maxLiveTokensPerGroup().stream()).min(),
        limits.stream().flatMap(limit -> Stream.ofNullable(limit.description())).toList());
  }

  private static boolean allows(CreationLimit limit, String scope) {
    Set<String> only = limit.allowedScopes();
    return only == null || only.contains(scope);
  }

  /** Returns these limits with another maximum lifetime, which also limits the default lifetime. */
  public GroupLimits withMaxLifetimeDays(int days) {
    return new GroupLimits(
        days, Math.min(defaultLifetimeDays, days), allowedScopes, maxLiveTokens, descriptions);
  }

  /**
   * Returns these limits with only the scopes that the caller may grant to a token.
   *
   * @param scopes returns true for each scope that the caller may grant to a token
   */
  public GroupLimits within(Predicate<String> scopes) {
    return new GroupLimits(
        maxLifetimeDays,
        defaultLifetimeDays,
        allowedScopes.stream().filter(scopes).toList(),
        maxLiveTokens,
        descriptions);
  }
}
